using Recon.HubSpot.Portal;

namespace Recon.HubSpot.Api;

/// <summary>Reads what an account takes, for object types.</summary>
internal static class PortalReader
{
    public static async Task<PortalFile> ReadAsync(
        HubspotClient client, IEnumerable<string> types, TimeProvider clock, CancellationToken cancellationToken)
    {
        AccountDetails account = await client.AccountAsync(cancellationToken);
        Dictionary<string, PortalObject> objects = new(StringComparer.Ordinal);
        foreach (string type in types.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            objects[type] = await ReadAsync(client, type, cancellationToken);
        }

        return new PortalFile { Format = PortalFile.CurrentFormat, Portal = account.PortalId, PulledAt = clock.GetUtcNow(), Objects = objects };
    }

    public static async Task<PortalObject> ReadAsync(HubspotClient client, string type, CancellationToken cancellationToken) => new()
    {
        Properties = await client.PropertiesAsync(type, cancellationToken),
        Rules = await client.RulesAsync(type, cancellationToken),
    };
}
