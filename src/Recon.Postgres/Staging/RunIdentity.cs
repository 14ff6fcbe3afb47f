namespace Recon.Postgres.Staging;

/// <summary>Which run writes, and the fence that keeps a run that lost its lease from committing.</summary>
/// <param name="Epoch">The lease's epoch when this run took it.</param>
internal sealed record RunIdentity(Guid RunId, string Pipeline, long Epoch);
