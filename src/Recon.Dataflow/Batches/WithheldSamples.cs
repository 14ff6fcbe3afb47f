namespace Recon.Dataflow.Batches;

/// <summary>One difference that a rule withheld, or that was staged with a remark.</summary>
/// <param name="Rule">The rule or remark, as it is counted.</param>
/// <param name="Legacy">The beginning of what would have been staged, or a part near the first difference; <see langword="null"/> for none.</param>
/// <param name="Hubspot">The same part of HubSpot's text; <see langword="null"/> for none.</param>
internal sealed record WithheldSample(string Property, string Rule, string LegacyId, string? Legacy, string? Hubspot)
{
    /// <summary>Where the record starts in the input.</summary>
    public (int File, long Line) At { get; init; }
}

/// <summary>
/// The first differences of each property and rule that withheld them, in the order of the input: whoever adds them up, and
/// in whatever parts, they are the same.
/// </summary>
internal sealed class WithheldSamples
{
    /// <summary>Samples of one property and rule that are kept, of which some may be alike.</summary>
    public const int MostKept = 40;

    /// <summary>Samples of one property and rule that are shown, each of other texts.</summary>
    public const int MostShown = 20;

    private readonly Dictionary<(string Property, string Rule), List<WithheldSample>> _samples = [];

    /// <summary>All that are kept.</summary>
    public IEnumerable<WithheldSample> Kept => Ordered.SelectMany(samples => samples);

    /// <summary>Those to show.</summary>
    public IEnumerable<WithheldSample> Different
        => Ordered.SelectMany(samples => samples.DistinctBy(sample => (sample.Legacy, sample.Hubspot)).Take(MostShown));

    /// <summary>Those of a property and rule.</summary>
    public IReadOnlyList<WithheldSample> Of(string property, string rule) => _samples.GetValueOrDefault((property, rule)) ?? [];

    private IEnumerable<List<WithheldSample>> Ordered
        => _samples.OrderBy(each => each.Key.Property, StringComparer.Ordinal).ThenBy(each => each.Key.Rule, StringComparer.Ordinal)
            .Select(each => each.Value);

    /// <summary>Keeps a sample if it is one of the first.</summary>
    public void Add(WithheldSample sample)
    {
        if (!_samples.TryGetValue((sample.Property, sample.Rule), out List<WithheldSample>? samples))
        {
            _samples[(sample.Property, sample.Rule)] = samples = [];
        }

        int place = samples.FindLastIndex(known => known.At.CompareTo(sample.At) <= 0) + 1;
        if (place == MostKept || samples.Contains(sample))
        {
            return;
        }

        samples.Insert(place, sample);
        if (samples.Count > MostKept)
        {
            samples.RemoveAt(MostKept);
        }
    }

    public void Add(WithheldSamples others)
    {
        foreach (WithheldSample sample in others.Kept)
        {
            Add(sample);
        }
    }
}
