namespace Recon.Discovery.Proposing;

/// <summary>A mirror table that could hold what a file holds.</summary>
/// <param name="Table">With its schema.</param>
/// <param name="Column">The column of the file with the ids.</param>
/// <param name="Key">The column of the table that has them.</param>
/// <param name="Asked">Distinct ids that the table was asked for.</param>
/// <param name="Shared">Those that it has.</param>
/// <param name="Score">For comparing tables only.</param>
internal sealed record TableProposal(string Table, string Column, string Key, long Asked, long Shared, double Score, string Evidence);
