namespace Recon.Dataflow.Diff.Repeats;

/// <summary>What the rows of one legacy id come to.</summary>
internal enum RepeatOutcome
{
    /// <summary>They agree: the first stays.</summary>
    Agree,

    /// <summary>They disagree: the first stays as a conflict.</summary>
    Conflict,

    /// <summary>They disagree, and the latest stays.</summary>
    Latest,

    /// <summary>They disagree, and the one stays that somebody decided to keep.</summary>
    Kept,
}

/// <summary>
/// Judges the rows of one legacy id, which come in the order of their content. Three rows are held: the first, the latest,
/// and one without a readable time.
/// </summary>
internal sealed class RepeatJudge(RepeatComparer comparer)
{
    private byte[][]? _first;
    private byte[][]? _latest;
    private byte[][]? _undated;
    private long _latestTime;

    // Rows of the greatest time disagree with each other, or rows without a time do.
    private bool _isTie;
    private bool _isUndatedTie;

    /// <summary>The columns in which rows differ from the first.</summary>
    public SortedSet<string> Differing { get; } = new(StringComparer.OrdinalIgnoreCase);

    public long Rows { get; private set; }

    public RepeatOutcome Outcome => Differing.Count == 0 ? RepeatOutcome.Agree
        : _latest is null || _isTie || _isUndatedTie || (_undated is not null && !comparer.Agree(_latest, _undated)) ? RepeatOutcome.Conflict
        : RepeatOutcome.Latest;

    /// <returns>How the row stands to those before it.</returns>
    public RepeatStanding Add(byte[][] fields)
    {
        Rows++;
        if (_first is null)
        {
            _first = fields;
        }
        else
        {
            comparer.Compare(_first, fields, Differing);
        }

        if (comparer.TimeOf(fields) is not { } time)
        {
            _isUndatedTie |= _undated is not null && !comparer.Agree(_undated, fields);
            _undated ??= fields;
            return RepeatStanding.Other;
        }

        if (_latest is null || time > _latestTime)
        {
            (_latest, _latestTime, _isTie) = (fields, time, false);
            return RepeatStanding.Latest;
        }

        if (time < _latestTime)
        {
            return RepeatStanding.Other;
        }

        _isTie |= !comparer.Agree(_latest, fields);
        return RepeatStanding.SameTime;
    }
}

/// <summary>How a row stands to those of its legacy id that came before it.</summary>
internal enum RepeatStanding
{
    /// <summary>Earlier than the latest one, or without a time.</summary>
    Other,

    /// <summary>As late as the latest one.</summary>
    SameTime,

    /// <summary>Later than all before it.</summary>
    Latest,
}
