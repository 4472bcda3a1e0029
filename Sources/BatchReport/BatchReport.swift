// Reports are charts and tables: who imports them gets both.
@_exported public import BatchCharts
