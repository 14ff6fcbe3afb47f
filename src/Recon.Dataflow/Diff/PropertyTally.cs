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
    private readonly List<WithheldSample> _samples = [];

    // The few rules and remarks that each property has met.
    private readonly List<RuleTally>[] _rules = [.. properties.Select(_ => new List<RuleTally>())];

    /// <summary>Forgets what was noted for a row that did not end.</summary>
    public void BeginRow() => Array.Clear(_row);

    /// <summary>The property's conversions are tried on a value, whatever becomes of it and of the row.</summary>
    public void Converted(int property)
    {
        _converted[property]++;
        _row[property].Converted = true;
    }

    /// <summary>The property's change is staged.</summary>
    public void Changed(int property) => _row[property].Changed = true;

    /// <summary>The property's texts differ, but not their meaning.</summary>
    public void Suppressed(int property) => _row[property].Suppressed = true;

    /// <summary>Whether a difference may be one of the first of a rule or remark.</summary>
    /// <param name="at">Where its record starts.</param>
    public bool WantsSample(int property, string rule, (int File, long Line) at) => Of(property, rule).Wants(at);

    /// <summary>The property's difference is withheld by a rule.</summary>
    public void KeptBack(int property, string rule, WithheldSample? sample)
    {
        _row[property].KeptBackBy = Of(property, rule);
        _row[property].Sample = sample;
    }

    /// <summary>Something about a value that is staged has to be told.</summary>
    public void Remarked(int property, string remark, WithheldSample? sample = null)
    {
        _row[property].Remark = Of(property, remark);
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
                rule.KeptBack++;
                Add(rule, outcome.Sample);
            }

            if (outcome.Remark is { } remark)
            {
                remark.Remarks++;
                Add(remark, outcome.Sample);
            }
        }
    }

    /// <summary>The number of bytes that say what became of the properties of a row.</summary>
    public int Signs => properties.Length * 3;

    /// <summary>Says what became of the properties of the row that ended.</summary>
    /// <returns>Whether that is all; <see langword="false"/> where a sample of the row is kept.</returns>
    public bool Sign(Span<byte> signs)
    {
        for (int index = 0; index < _row.Length; index++)
        {
            Outcome outcome = _row[index];
            if (outcome.Sample is not null || _rules[index].Count > byte.MaxValue)
            {
                return false;
            }

            signs[index * 3] = (byte)((outcome.Changed ? 1 : 0) | (outcome.Suppressed ? 2 : 0) | (outcome.Converted ? 4 : 0));
            signs[(index * 3) + 1] = (byte)(outcome.KeptBackBy?.Number ?? 0);
            signs[(index * 3) + 2] = (byte)(outcome.Remark?.Number ?? 0);
        }

        return true;
    }

    /// <summary>Counts the row that ended alone.</summary>
    public void CountRow(BatchCounts counts)
    {
        for (int index = 0; index < _row.Length; index++)
        {
            Outcome outcome = _row[index];
            string property = properties[index].Definition.Property;
            Count(outcome.Changed, counts.PropertyChanges, property);
            Count(outcome.Suppressed, counts.Suppressed, properties[index].ComparisonKind);
            Count(outcome.Suppressed, counts.SameByMeaning, property);
            Count(outcome.Converted, counts.ConvertedValues, property);
            Count(outcome.KeptBackBy is not null, counts.KeptBack, $"{property}/{outcome.KeptBackBy?.Rule}");
            Count(outcome.Remark is not null, counts.Remarks, $"{property}/{outcome.Remark?.Rule}");
        }

        static void Count(bool counts, Dictionary<string, long> to, string key)
        {
            if (counts)
            {
                BatchCounts.Increment(to, key);
            }
        }
    }

    private void Add(RuleTally rule, WithheldSample? sample)
    {
        if (sample?.Rule == rule.Rule)
        {
            _samples.Add(sample);
            rule.Sampled(sample.At);
        }
    }

    private RuleTally Of(int property, string rule)
    {
        foreach (RuleTally known in _rules[property])
        {
            if (known.Rule == rule)
            {
                return known;
            }
        }

        var tally = new RuleTally(rule, _rules[property].Count + 1);
        _rules[property].Add(tally);
        return tally;
    }

    /// <summary>Moves what was counted since the last call into a batch's counts.</summary>
    public void Flush(BatchCounts counts)
    {
        for (int index = 0; index < _changes.Length; index++)
        {
            Move(ref _changes[index], counts.PropertyChanges, properties[index].Definition.Property);
            if (_suppressed[index] > 0)
            {
                BatchCounts.Increment(counts.SameByMeaning, properties[index].Definition.Property, _suppressed[index]);
            }

            Move(ref _suppressed[index], counts.Suppressed, properties[index].ComparisonKind);
            Move(ref _converted[index], counts.ConvertedValues, properties[index].Definition.Property);
            foreach (RuleTally rule in _rules[index])
            {
                string key = $"{properties[index].Definition.Property}/{rule.Rule}";
                Move(ref rule.KeptBack, counts.KeptBack, key);
                Move(ref rule.Remarks, counts.Remarks, key);
            }
        }

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

    private struct Outcome
    {
        public bool Changed;
        public bool Converted;
        public bool Suppressed;
        public RuleTally? KeptBackBy;
        public WithheldSample? Sample;
        public RuleTally? Remark;
    }

    private sealed class RuleTally(string rule, int number)
    {
        // Where the first samples of all batches are, in order: what comes behind them is none of the run's first.
        private readonly List<(int File, long Line)> _first = [];

        public long KeptBack;
        public long Remarks;

        public string Rule => rule;

        /// <summary>Its number among those of the property, from 1.</summary>
        public int Number => number;

        public bool Wants((int File, long Line) at) => _first.Count < WithheldSamples.MostKept || at.CompareTo(_first[^1]) <= 0;

        public void Sampled((int File, long Line) at)
        {
            // A batch that is read again has been seen.
            int place = _first.BinarySearch(at);
            if (place < 0)
            {
                _first.Insert(~place, at);
                if (_first.Count > WithheldSamples.MostKept)
                {
                    _first.RemoveAt(WithheldSamples.MostKept);
                }
            }
        }
    }
}
