using System.Collections.ObjectModel;
using Recon.Postgres.Push;

namespace Recon.Push.Sending;

/// <summary>How far the sending of some items of a batch is.</summary>
/// <param name="Sends">How often they were sent.</param>
/// <param name="IsAnswered">Whether HubSpot answered each time, if without a word of them.</param>
/// <param name="Budget">What is left of the calls for finding out which inputs a batch is refused for.</param>
internal readonly record struct Pass(int Sends, bool IsAnswered, BisectBudget Budget)
{
    /// <summary>How often an item is sent whose fate no answer tells, each time after HubSpot was seen not to hold it.</summary>
    public const int MostSends = 3;

    /// <summary>Whether it is a part of a batch that was refused.</summary>
    public bool IsTakingApart { get; init; }

    /// <summary>Why nothing is known of the items, as the last answer has it or the lack of one, by their numbers.</summary>
    public IReadOnlyDictionary<long, string> Reasons { get; init; } = ReadOnlyDictionary<long, string>.Empty;

    /// <summary>What HubSpot's support finds the last call by.</summary>
    public string? CorrelationId { get; init; }

    public static Pass First() => new(0, false, new BisectBudget(BisectBudget.OfBatch));

    /// <summary>How far it is after they were sent once more.</summary>
    public Pass After(bool isAnswered, IEnumerable<(PushItem Item, string Why)> reasons, string? correlationId) => this with
    {
        Sends = Sends + 1,
        IsAnswered = isAnswered && (IsAnswered || Sends == 0),
        Reasons = reasons.ToDictionary(reason => reason.Item.No, reason => reason.Why),
        CorrelationId = correlationId,
    };
}

/// <summary>
/// The calls that may be spent on taking apart a batch that was refused as a whole: half of them fail, and HubSpot may suspend an app
/// of which more than 5 % of the calls fail.
/// </summary>
internal sealed class BisectBudget(int calls)
{
    /// <summary>Enough for two faulty records of a batch of 100, found by halves.</summary>
    public const int OfBatch = 28;

    private int _left = calls;

    /// <returns>Whether there were calls left.</returns>
    public bool TryTake(int calls)
    {
        if (_left < calls)
        {
            return false;
        }

        _left -= calls;
        return true;
    }
}
