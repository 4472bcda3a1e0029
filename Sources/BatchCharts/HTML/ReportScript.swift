/// What happens under the pointer: the nearest point speaks, and a series stands out in all panels of its chart.
enum ReportScript {
  static let javaScript = #"""
    const tip = document.getElementById("tip");
    for (const chart of document.querySelectorAll("svg.chart")) {
      const targets = [...chart.querySelectorAll(".target")];
      let pinned = null;
      const choose = name => {
        chart.classList.toggle("choosing", name !== null);
        for (const series of chart.querySelectorAll(".series")) {
          series.classList.toggle("chosen", series.dataset.series === name);
        }
      };
      const nearest = event => {
        let best = null, least = 28;
        for (const target of targets) {
          const box = target.getBoundingClientRect();
          const distance = Math.hypot(box.x + box.width / 2 - event.clientX, box.y + box.height / 2 - event.clientY);
          if (distance < least) { best = target; least = distance; }
        }
        return best;
      };
      chart.addEventListener("pointermove", event => {
        const target = nearest(event);
        tip.hidden = !target;
        if (!target) { choose(pinned); return; }
        tip.textContent = target.dataset.tip;
        const room = document.documentElement.clientWidth - tip.offsetWidth - 12;
        tip.style.left = Math.min(event.pageX + 14, Math.max(room, 0)) + "px";
        tip.style.top = event.pageY + 14 + "px";
        if (chart.querySelectorAll(".label").length) choose(pinned ?? target.parentNode.dataset.series);
      });
      chart.addEventListener("pointerleave", () => { tip.hidden = true; choose(pinned); });
      for (const label of chart.querySelectorAll(".label")) {
        label.addEventListener("click", () => {
          pinned = pinned === label.dataset.series ? null : label.dataset.series;
          choose(pinned);
        });
      }
    }
    """#
}
