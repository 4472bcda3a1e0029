# Tables for people from rows of tab-separated cells. Sourced, not run.

# Draws the rows of the standard input as Markdown, the first as headings, in columns that are aligned.
draw_table() {
  awk -F '\t' '
    {
      for (i = 1; i <= NF; i++) {
        cell[NR, i] = $i
        if (length($i) > width[i]) width[i] = length($i)
      }
      columns = NF
    }
    END {
      for (row = 1; row <= NR; row++) {
        line = "|"
        rule = "|"
        for (i = 1; i <= columns; i++) {
          line = line sprintf(" %-" width[i] "s |", cell[row, i])
          dashes = sprintf("%" (width[i] + 2) "s", "")
          gsub(/ /, "-", dashes)
          rule = rule dashes "|"
        }
        print line
        if (row == 1) print rule
      }
    }'
}
