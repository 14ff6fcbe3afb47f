using Recon.Postgres.Faults;

namespace Recon.Postgres.Staging;

/// <summary>Which run writes, and the fence that keeps a run that lost its lease from committing.</summary>
/// <param name="Epoch">The lease's epoch when this run took it.</param>
internal sealed record RunIdentity(Guid RunId, string Pipeline, long Epoch);

internal static class LeaseLost
{
    public static LeaseLostException Of(string pipeline)
        => new($"Another run took over the pipeline '{pipeline}', because this one had shown no sign of life. "
            + "Nothing more was written. Look at `recon log` before you start it again.");
}
