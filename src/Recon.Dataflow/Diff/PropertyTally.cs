using Recon.Dataflow.Batches;
using Recon.Dataflow.Plan;

namespace Recon.Dataflow.Diff;

/// <summary>
/// Counts what happens to properties. What a row adds is kept apart until the row is known not to be rejected: a
/// rejected record changes nothing, whatever its other properties would have done.
/// </summary>
/// <remarks>Counted by index and flushed once a batch: a dictionary look-up by text per value would show.</remarks>
internal sealed class PropertyTally(PropertyPlan[] properties)
{
    private readonly Outcome[] _row = new Outcome[properties.Length];
    private readonly long[] _changes = new long[properties.Length];
    private readonly long[] _suppressed = new long[properties.Length];
    private readonly long[] _converted = new long[properties.Length];
    private readonly Dictionary<(int Property, string Rule), long> _keptBack = [];
    private readonly Dictionary<(int Property, string Remark), long> _remarks = [];
    private readonly List<WithheldSample> _samples = [];

    // Where the first samples of all batches are, in order: what comes behind them is none of the run's first.
    private readonly Dictionary<(int Property, string Rule), List<(int File, long Line)>> _sampled = [];

    /// <summary>Forgets what was noted for a row that did not end.</summary>
    public void BeginRow() => Array.Clear(_row);

    /// <summary>The property's conversions are tried on a value, whatever becomes of it and of the row.</summary>
    public void Converted(int property) => _converted[property]++;

    /// <summary>The property's change is staged.</summary>
    public void Changed(int property) => _row[property].Changed = true;

    /// <summary>The property's texts differ, but not their meaning.</summary>
    public void Suppressed(int property) => _row[property].Suppressed = true;

    /// <summary>Whether a difference may be one of the first of a rule or remark.</summary>
    /// <param name="at">Where its record starts.</param>
    public bool WantsSample(int property, string rule, (int File, long Line) at)
        => !_sampled.TryGetValue((property, rule), out List<(int File, long Line)>? first)
            || first.Count < WithheldSamples.MostKept || at.CompareTo(first[^1]) <= 0;

    /// <summary>The property's difference is withheld by a rule.</summary>
    public void KeptBack(int property, string rule, WithheldSample? sample)
    {
        _row[property].KeptBackBy = rule;
        _row[property].Sample = sample;
    }

    /// <summary>Something about a value that is staged has to be told.</summary>
    public void Remarked(int property, string remark, WithheldSample? sample = null)
    {
        _row[property].Remark = remark;
        _row[property].Sample = sample;
    }

    /// <summary>Counts the row.</summary>
    public void EndRow()
    {
        for (int index = 0; index < _row.Length; index++)
        {
            Outcome outcome = _row[index];
            _changes[index] += outcome.Changed ? 1 : 0;
            _suppressed[index] += outcome.Suppressed ? 1 : 0;
            if (outcome.KeptBackBy is { } rule)
            {
                BatchCounts.Increment(_keptBack, (index, rule));
            }

            if (outcome.Remark is { } remark)
            {
                BatchCounts.Increment(_remarks, (index, remark));
            }

            if (outcome.Sample is { } sample)
            {
                _samples.Add(sample);
                Sampled(index, sample);
            }
        }
    }

    private void Sampled(int property, WithheldSample sample)
    {
        if (!_sampled.TryGetValue((property, sample.Rule), out List<(int File, long Line)>? first))
        {
            _sampled[(property, sample.Rule)] = first = new List<(int File, long Line)>(WithheldSamples.MostKept + 1);
        }

        // A batch that is read again has been seen.
        int place = first.BinarySearch(sample.At);
        if (place < 0)
        {
            first.Insert(~place, sample.At);
            if (first.Count > WithheldSamples.MostKept)
            {
                first.RemoveAt(WithheldSamples.MostKept);
            }
        }
    }

    /// <summary>Moves what was counted since the last call into a batch's counts.</summary>
    public void Flush(BatchCounts counts)
    {
        for (int index = 0; index < _changes.Length; index++)
        {
            Move(ref _changes[index], counts.PropertyChanges, properties[index].Definition.Property);
            Move(ref _suppressed[index], counts.Suppressed, properties[index].ComparisonKind);
            Move(ref _converted[index], counts.ConvertedValues, properties[index].Definition.Property);
        }

        Move(_keptBack, counts.KeptBack);
        Move(_remarks, counts.Remarks);
        _samples.ForEach(counts.Withheld.Add);
        _samples.Clear();
    }

    private static void Move(ref long count, Dictionary<string, long> to, string key)
    {
        if (count > 0)
        {
            BatchCounts.Increment(to, key, count);
            count = 0;
        }
    }

    private void Move(Dictionary<(int Property, string Rule), long> from, Dictionary<string, long> to)
    {
        foreach (((int property, string rule), long count) in from)
        {
            BatchCounts.Increment(to, $"{properties[property].Definition.Property}/{rule}", count);
        }

        from.Clear();
    }

    private struct Outcome
    {
        public bool Changed;
        public bool Suppressed;
        public string? KeptBackBy;
        public WithheldSample? Sample;
        public string? Remark;
    }
}
