using System.Globalization;
using Recon.HubSpot.Portal;
using Recon.Postgres.Push;

namespace Recon.Push.Preflight;

/// <summary>Tells what an account would refuse of a plan's items. Memory follows from the number of properties, not of items.</summary>
internal sealed class ItemsCheck(PortalCheck portal)
{
    /// <summary>Share of the records beyond which a push is refused: HubSpot may suspend whose calls fail more often.</summary>
    public const double MostRefused = 0.05;

    private readonly Dictionary<(string Type, string Property, string Message), Refusals> _found = [];

    public async Task<IEnumerable<PreflightFinding>> CheckAsync(IAsyncEnumerable<PlannedItem> items, CancellationToken cancellationToken)
    {
        long records = 0;
        long refused = 0;
        await foreach (PlannedItem item in items.WithCancellation(cancellationToken))
        {
            records++;
            refused += Check(item) ? 1 : 0;
        }

        bool tooMany = refused > records * MostRefused;
        return _found.Values
            .OrderByDescending(each => IsOfProperty(each.Violation)).ThenByDescending(each => each.Records).ThenBy(each => each.Violation.Property, StringComparer.Ordinal)
            .Select(each => Tell(each, tooMany));
    }

    private bool Check(PlannedItem item)
    {
        PortalViolation[] violations =
        [
            .. item.Properties.Select(pair => portal.Of(item.ObjectType, pair.Key, pair.Value)).OfType<PortalViolation>(),
            .. portal.OfRecord(item.ObjectType, item.Properties, item.Before),
        ];
        foreach (PortalViolation violation in violations)
        {
            var key = (violation.Type, violation.Property, violation.Message);
            _found[key] = _found.TryGetValue(key, out Refusals? before) ? before with { Records = before.Records + 1 } : new Refusals(violation, 1, item.LegacyId);
        }

        return violations.Length > 0;
    }

    private static PreflightFinding Tell(Refusals found, bool tooMany)
    {
        PortalViolation violation = found.Violation;
        string records = found.Records == 1 ? $"1 record ({found.FirstLegacyId})" : $"{found.Records.ToString("N0", CultureInfo.InvariantCulture)} records (the first is {found.FirstLegacyId})";
        return new PreflightFinding(
            tooMany || IsOfProperty(violation),
            violation.Property.Length == 0 ? violation.Type : $"{violation.Type}.{violation.Property}",
            $"HubSpot would refuse {records}: {violation.Message}",
            $"{violation.Fix}{(IsOfProperty(violation) ? " Then make a new plan, or approve all but this property." : " Or reject these changes; they are refused one by one otherwise.")}");
    }

    // Of a property that cannot be written, no record can be.
    private static bool IsOfProperty(PortalViolation violation) => violation.Kind is ViolationKind.Type or ViolationKind.Property or ViolationKind.ReadOnly;

    private sealed record Refusals(PortalViolation Violation, long Records, string FirstLegacyId);
}
