/// The look of every report.
enum ReportStyle {
  /// What a picture needs besides where there is no page around it.
  static let pictureCSS = #"""
    svg.chart { background: var(--paper); }
    svg.chart text.asked { font-size: 14px; }
    svg.chart text.answered { font-size: 14px; font-weight: 600; fill: var(--ink); }
    svg.chart text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
    """#

  static let css = #"""
    :root {
      --ink: #1c1e21; --soft: #5c6370; --rule: #e3e5e8; --paper: #ffffff; --panel: #f7f8f9;
      --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #b58900; --c5: #56b4e9;
      --r0: #440154; --r1: #472c7a; --r2: #3b518b; --r3: #2c718e; --r4: #21908d; --r5: #27ad81; --r6: #5cc863;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ink: #e8e9eb; --soft: #9aa1ac; --rule: #33373d; --paper: #17191c; --panel: #1f2226;
        --c0: #56b4e9; --c1: #f0863a; --c2: #2fc89b; --c3: #e39bc4; --c4: #e6c34a; --c5: #8fd0f5;
        --r0: #5a7fc0; --r1: #3f93a8; --r2: #2aa89c; --r3: #45bd7c; --r4: #7ed15c; --r5: #b9de3a; --r6: #fde725;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0; background: var(--paper); color: var(--ink);
      font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
      font-variant-numeric: tabular-nums;
    }
    main { max-width: 940px; margin: 0 auto; padding: 48px 28px 80px; }
    h1 { font-size: 30px; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
    h2 { font-size: 20px; margin: 56px 0 12px; letter-spacing: -0.005em; }
    p { max-width: 70ch; }
    .subtitle { color: var(--soft); margin: 0; }
    .findings { list-style: none; margin: 28px 0 0; padding: 20px 24px; background: var(--panel); border-radius: 8px; }
    .findings li { margin: 6px 0; }
    figure { margin: 28px 0 40px; }
    figcaption { margin-bottom: 14px; }
    .question { display: block; color: var(--soft); font-size: 14px; }
    .answer { display: block; font-weight: 600; }
    svg.chart { display: block; width: 100%; height: auto; overflow: visible; }
    svg.chart text { font-size: 12px; fill: var(--soft); }
    svg.chart text.panel { fill: var(--ink); font-weight: 600; }
    svg.chart text.label { font-size: 12px; font-weight: 600; }
    svg.chart .grid { stroke: var(--rule); stroke-width: 1; }
    svg.chart .tickmark { stroke: var(--soft); stroke-width: 1; }
    svg.chart .series { transition: opacity 0.12s; }
    svg.chart .series polyline { fill: none; stroke: currentColor; stroke-width: 2; stroke-linejoin: round; }
    svg.chart .band { fill: currentColor; opacity: 0.14; }
    svg.chart .interval { stroke: currentColor; stroke-width: 2; opacity: 0.55; }
    svg.chart .dot { fill: currentColor; stroke: var(--paper); stroke-width: 1.5; }
    svg.chart .dot.small { stroke-width: 0; }
    svg.chart .dot.hollow { fill: var(--paper); stroke: currentColor; stroke-width: 1.5; }
    svg.chart .interval.thin { stroke-width: 1; }
    svg.chart .faint { fill: currentColor; opacity: 0.35; }
    svg.chart .column { fill: currentColor; opacity: 0.85; }
    svg.chart .stacked { opacity: 1; }
    svg.chart .target { fill: transparent; }
    svg.chart.choosing .series:not(.chosen) { opacity: 0.15; }
    svg.chart text.label { cursor: pointer; }
    /* A wide table uses the room to the right of the text. */
    .table { overflow-x: auto; margin: 20px 0; width: max-content; max-width: min(50vw + 414px, 100vw - 56px); }
    table { border-collapse: collapse; font-size: 13px; }
    th, td { padding: 6px 10px 6px 0; text-align: left; border-bottom: 1px solid var(--rule); }
    td { white-space: nowrap; }
    th { color: var(--soft); font-weight: 500; vertical-align: bottom; }
    .number { text-align: right; padding: 6px 0 6px 14px; }
    .number + :not(.number) { padding-left: 24px; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 24px; font-size: 14px; }
    dt { color: var(--soft); }
    dd { margin: 0; overflow-wrap: anywhere; }
    #tip {
      position: absolute; pointer-events: none; white-space: pre-line; background: var(--ink); color: var(--paper);
      font-size: 13px; line-height: 1.4; padding: 6px 10px; border-radius: 6px; z-index: 1;
    }
    #tip[hidden] { display: none; }
    @media (max-width: 640px) {
      main { padding: 28px 16px 60px; }
      figure { overflow-x: auto; }
      svg.chart { min-width: 640px; }
      dl { grid-template-columns: 1fr; gap: 0; }
      dd { margin-bottom: 8px; }
    }
    @media print { main { max-width: none; padding: 0; } .table { max-width: none; } figure { break-inside: avoid; } }
    """#
}
