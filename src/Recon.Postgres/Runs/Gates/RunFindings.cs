using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;
using Recon.Dataflow.Values;

namespace Recon.Postgres.Runs.Gates;

/// <summary>What a run did not do with values and ids of the file, with remedies.</summary>
/// <param name="TimeZone">The zone in which local times are read.</param>
internal sealed record RunFindings(
    IReadOnlyList<RejectedValues> Values, IReadOnlyList<UnresolvedParents> Parents, string TimeZone)
{
    /// <summary>Properties whose values differ from HubSpot's as if they were read in another region, culture, format or time zone.</summary>
    public IReadOnlyList<Excess> Misread => Doubted.Value.Misread;

    /// <summary>HubSpot's values that could not be read.</summary>
    public IReadOnlyList<UnreadableValues> Unreadable => Doubted.Value.Unreadable;

    // What would read the samples is looked for among all zones and regions, so only once somebody asks: gates do not.
    private Lazy<Doubts> Doubted { get; init; } = new(() => new Doubts([], []));

    public static RunFindings None { get; } = new([], [], "");

    public static RunFindings Of(BatchCounts counts, MirrorSession mirror) => new(
        RejectedValues.Of(counts, mirror.Plan, mirror.Context),
        UnresolvedParents.Of(counts, mirror.Plan.Definition),
        mirror.Context.Defaults.TimeZone)
    {
        Doubted = new(() => new Doubts(
            [
                .. WrongRegion.Of(counts, mirror.Plan, mirror.Context),
                .. WrongScale.Of(counts, mirror.Plan),
                .. WrongTime.Of(counts, mirror.Plan, mirror.Context),
            ],
            UnreadableValues.Of(counts, mirror.Plan, mirror.Context))),
    };

    /// <summary>The rejected values that whoever reads the result should know of. Parents are told by <see cref="MissReport"/>.</summary>
    /// <param name="mask">Hides values of records.</param>
    public IEnumerable<Excess> Notable(Func<string, string>? mask = null)
        =>
        [
            .. Misread,
            .. Values.Where(values => values.IsNotable && !(values.Reason == ValueRejectReasons.NumberInvalid && Misread.Any(odd => odd.About == values.Property)))
                .Select(values => Tell(values, mask)),
            .. Unreadable.Select(values => values.Tell(mask)),
        ];

    /// <summary>The same without values of records, also in remedies, to be kept.</summary>
    public IEnumerable<string> WithoutValues => (this with
    {
        Values = [.. Values.Select(values => values with { Sample = null, Unmapped = [] })],
        Doubted = new(() => new Doubts(Misread, [.. Unreadable.Select(values => values with { Samples = [] })])),
    }).Notable().Select(excess => excess.ToString());

    /// <summary>Rejected values in words.</summary>
    /// <param name="mask">Hides values of records.</param>
    public Excess Tell(RejectedValues values, Func<string, string>? mask)
        => new(RejectedValuesText.Finding(values, mask), [.. RejectedValuesText.Advice(values, TimeZone, mask)], values.Property);

    private sealed record Doubts(IReadOnlyList<Excess> Misread, IReadOnlyList<UnreadableValues> Unreadable);
}
