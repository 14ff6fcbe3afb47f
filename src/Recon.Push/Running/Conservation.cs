using System.Globalization;
using Recon.Postgres.Push;

namespace Recon.Push.Running;

/// <summary>Every item that a push took on is in one state, and as many came into a state as verdicts said so.</summary>
internal static class Conservation
{
    /// <param name="before">The items by state when the push had fixed what it sends.</param>
    /// <param name="after">The same at its end.</param>
    /// <param name="settled">The verdicts between, by state.</param>
    /// <returns>What does not add up; <see langword="null"/> when all does.</returns>
    public static string? Fault(
        IReadOnlyDictionary<PushState, long> before, IReadOnlyDictionary<PushState, long> after, IReadOnlyDictionary<PushState, long> settled)
    {
        long all = before.Values.Sum();
        if (after.Values.Sum() != all)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the plan had {all} items and now has {after.Values.Sum()}");
        }

        foreach (PushState state in (PushState[])[PushState.Refused, PushState.Stale, PushState.Owned, PushState.Merged, PushState.Missing, PushState.Restored, PushState.Kept])
        {
            long came = after.GetValueOrDefault(state) - before.GetValueOrDefault(state);
            if (came != settled.GetValueOrDefault(state))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{settled.GetValueOrDefault(state)} items were found to be {PushStates.TextOf(state)}, and {came} became so in the ledger");
            }
        }

        return null;
    }
}
