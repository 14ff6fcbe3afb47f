namespace Recon.Postgres.Queries;

/// <summary>How much a report reads of a pipeline.</summary>
/// <param name="Transitions">Most transitions of a property.</param>
/// <param name="Samples">Most samples of rejects and changes.</param>
/// <param name="Parents">Most missing parents of a lookup.</param>
/// <param name="Compares">Whether the records are compared with those of the run before: that reads both results.</param>
internal sealed record ReportLimits(int Transitions, int Samples, int Parents, bool Compares);
