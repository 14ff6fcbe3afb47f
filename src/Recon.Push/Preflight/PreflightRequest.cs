using Recon.HubSpot.Portal;

namespace Recon.Push.Preflight;

/// <summary>What is to be pushed.</summary>
/// <param name="Portal">The account that the plan is bound to.</param>
/// <param name="Types">The object types that are written, and those that are linked to.</param>
/// <param name="Calls">The calls that it will take, about.</param>
internal sealed record PreflightRequest(long Portal, IReadOnlyCollection<string> Types, long Calls)
{
    /// <summary>A portal file, for the conditions that HubSpot does not tell; <see langword="null"/> for none.</summary>
    public PortalFile? File { get; init; }
}
