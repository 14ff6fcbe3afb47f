using Recon.Discovery.Writing;
using Recon.Postgres.Checks;

namespace Recon.Cli.Rendering;

/// <summary>What became of a call of <c>recon init</c>.</summary>
/// <param name="File">The definition that was written; null for none.</param>
/// <param name="Check">What a check of it found; null where nothing was written.</param>
internal sealed record InitResult(PipelineDraft Draft, string? File, CheckReport? Check);
