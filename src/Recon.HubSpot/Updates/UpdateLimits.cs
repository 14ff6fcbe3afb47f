namespace Recon.HubSpot.Updates;

/// <summary>What HubSpot allows; facts of its public documentation, not settings.</summary>
internal static class UpdateLimits
{
    /// <summary>Most inputs of one batch update.</summary>
    public const int InputsPerCall = 100;

    public static IReadOnlyList<HubspotPlan> Plans { get; } =
    [
        new("professional", 190, 650_000),
        new("free", 100, 250_000),
    ];
}

/// <summary>How many calls a plan allows.</summary>
internal sealed record HubspotPlan(string Name, int CallsPer10Seconds, int CallsPerDay);

/// <summary>What sending an export costs under a plan.</summary>
/// <param name="Minutes">The shortest time that the calls can take, in minutes.</param>
/// <param name="ShareOfDay">The part of a day's calls that they use; above 1 they need several days.</param>
internal sealed record QuotaForecast(HubspotPlan Plan, double Minutes, double ShareOfDay)
{
    public static IReadOnlyList<QuotaForecast> For(long calls) =>
    [
        .. UpdateLimits.Plans.Select(plan => new QuotaForecast(
            plan,
            Math.Round(calls / (plan.CallsPer10Seconds * 6.0), 3),
            Math.Round((double)calls / plan.CallsPerDay, 6))),
    ];
}
