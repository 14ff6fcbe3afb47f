using Recon.Dataflow.Definition;
using Recon.HubSpot.Api;
using Recon.Postgres.Push;

namespace Recon.Push.Planning;

/// <summary>The account that a plan is for.</summary>
internal static class PlanPortal
{
    /// <summary>What an account with HubSpot's Professional subscription takes, which is assumed until an answer tells otherwise.</summary>
    public static PortalLimits Usual { get; } = new(190, TimeSpan.FromSeconds(10), 625_000, DateTimeOffset.UnixEpoch);

    /// <summary>The account that the definition names, or that the token belongs to.</summary>
    /// <exception cref="PushRefusedException">Neither tells.</exception>
    public static async Task<long> FindAsync(
        HubspotDefinition? hubspot, Func<string, string?> environment, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (hubspot?.Portal is { } portal)
        {
            return portal;
        }

        if (hubspot?.Token is null)
        {
            throw new PushRefusedException(
                "A plan is bound to one HubSpot account, and the definition names none. Add \"hubspot\": { \"portal\": 12345 }, or a \"token\", whose account is asked for.");
        }

        using var client = new HubspotClient(HubspotSettings.Resolve(hubspot, environment), new MemoryBucket(clock), clock);
        return (await client.AccountAsync(cancellationToken)).PortalId;
    }
}
