using System.Numerics;

namespace Recon.Samples;

/// <summary>Decides what each record of one object is. Stateless: any record, in any order, from any thread.</summary>
internal sealed class RecordPlanner
{
    private readonly int _seed;
    private readonly SampleObject _object;
    private readonly DefectSchedule _schedule;
    private readonly bool _endsUnclosed;

    public RecordPlanner(SampleOptions options, long rows, SampleObject sampleObject)
    {
        _seed = options.Seed;
        Rows = rows;
        _object = sampleObject;
        _schedule = new DefectSchedule(
            rows, [.. sampleObject.Dirt.Where(kind => options.Malformed || !RecordPlan.DamagesRecord(kind))]);
        _endsUnclosed = sampleObject.EndsUnclosed && options.Malformed && rows >= 300;
    }

    public long Rows { get; }

    /// <summary>Rows that only HubSpot has: 30 % of the file's.</summary>
    public long HubspotOnlyRows => Rows * 3 / 10;

    /// <summary>A draw for one record of this object.</summary>
    public RandomStream Draw(DrawStream stream, long index) => new(_seed, _object.Number, stream, index);

    public RecordPlan Plan(long index)
    {
        bool last = _endsUnclosed && index == Rows - 1;
        DefectKind dirt = last ? DefectKind.UnclosedQuote : _schedule.Kind(index);
        long identity = last ? index : _schedule.Original(index);
        bool inHubspot = InHubspot(identity);
        RecordOutcome outcome = Outcome(index, identity, dirt, inHubspot);

        // A record with a damaged value is matched and otherwise equal, so that the damage alone decides what is staged.
        ulong differences = dirt == DefectKind.None && outcome == RecordOutcome.Matched ? Differences(identity) : 0;
        return new RecordPlan(identity, dirt, outcome, LegacyId(identity), differences);
    }

    /// <summary>The plan of a record that only HubSpot has.</summary>
    public RecordPlan HubspotOnly(long number)
        => new(Rows + number, DefectKind.None, RecordOutcome.Unmatched, LegacyId(Rows + number), 0);

    /// <summary>Whether HubSpot has a record: nine of ten, and all that are not plain.</summary>
    public bool InHubspot(long identity)
        => _schedule.Kind(identity) != DefectKind.None || Draw(DrawStream.Plan, identity).Below(1_000) < 875;

    /// <summary>The legacy id: unique, growing with the index.</summary>
    public long LegacyId(long identity) => _object.FirstId + (identity * 3) + Draw(DrawStream.Identity, identity).Below(3);

    /// <summary>The HubSpot id: unique, growing with the index, beyond 32 bits.</summary>
    /// <param name="twin">Whether it is the second HubSpot record of the legacy id.</param>
    public long HubspotId(long identity, bool twin = false)
        => 10_000_000_000 + (_object.Number * 1_000_000_007L) + (identity * 1_021)
            + (twin ? 1_020 : Draw(DrawStream.Identity, identity).Below(1_000));

    /// <summary>A record without any dirt, for use as a parent.</summary>
    /// <param name="draw">Where to start looking, as any number.</param>
    public long PlainRecord(ref RandomStream draw)
    {
        long index = draw.Below(Rows);
        while (_schedule.Kind(index) != DefectKind.None)
        {
            index = (index + 1) % Rows;
        }

        return index;
    }

    private RecordOutcome Outcome(long index, long identity, DefectKind dirt, bool inHubspot)
    {
        if (dirt is DefectKind.TooManyFields or DefectKind.TooFewFields or DefectKind.StrayQuote or DefectKind.TextAfterQuote
            or DefectKind.UnclosedQuote or DefectKind.IdThousands or DefectKind.IdScientific or DefectKind.IdFullWidth
            or DefectKind.IdEmpty)
        {
            return RecordOutcome.Rejected;
        }

        if (dirt == DefectKind.SoftDeleted)
        {
            return RecordOutcome.Filtered;
        }

        if (identity != index)
        {
            return RecordOutcome.Folded;
        }

        if (dirt == DefectKind.TwoInHubspot)
        {
            return RecordOutcome.Ambiguous;
        }

        long disagreeing = _schedule.Disagreeing(index);
        if (disagreeing >= 0 && disagreeing < (_endsUnclosed ? Rows - 1 : Rows))
        {
            return RecordOutcome.Conflict;
        }

        return inHubspot ? RecordOutcome.Matched : RecordOutcome.Unmatched;
    }

    private ulong Differences(long identity)
    {
        RandomStream draw = Draw(DrawStream.Differences, identity);
        if (!draw.Chance(38))
        {
            return 0;
        }

        ulong mask = 0;
        int wanted = 1 + draw.Below(3);
        while (BitOperations.PopCount(mask) < wanted)
        {
            mask |= 1UL << draw.Below(_object.Properties.Count);
        }

        return mask;
    }
}
