namespace Recon.Postgres.Runs.Shared;

/// <summary>What a worker says of itself.</summary>
/// <param name="Name">Tells it apart from all other workers, also from an earlier one of the same process.</param>
/// <param name="Host">Its machine, for people.</param>
/// <param name="ProcessId">Its process on that machine.</param>
/// <param name="ToolVersion">The version of recon: workers of another one are refused.</param>
internal sealed record WorkerCard(string Name, string Host, int ProcessId, string ToolVersion);
