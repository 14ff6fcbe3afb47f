namespace Recon.Dataflow.Batches;

/// <summary>One difference that a rule withheld, or that was staged with a remark.</summary>
/// <param name="Rule">The rule or remark, as it is counted.</param>
/// <param name="Legacy">The beginning of what would have been staged, or a part near the first difference; <see langword="null"/> for none.</param>
/// <param name="Hubspot">The same part of HubSpot's text; <see langword="null"/> for none.</param>
internal sealed record WithheldSample(string Property, string Rule, string LegacyId, string? Legacy, string? Hubspot);

/// <summary>Some of the differences of each property and rule that withheld them, whatever the size of the file.</summary>
internal sealed class WithheldSamples
{
    /// <summary>Samples of one property and rule that a batch keeps.</summary>
    public const int MostPerBatch = 5;

    /// <summary>Samples of one property and rule that one worker takes of all its batches, of which some may be alike.</summary>
    public const int MostPerWorker = 2 * MostPerRun;

    /// <summary>Samples of one property and rule that a sum over batches keeps, each of other texts.</summary>
    public const int MostPerRun = 20;

    private readonly Dictionary<(string Property, string Rule), List<WithheldSample>> _samples = [];

    public IEnumerable<WithheldSample> All => _samples.Values.SelectMany(samples => samples);

    /// <summary>Keeps a sample while there is room and its texts are new.</summary>
    public void Add(WithheldSample sample)
    {
        if (!_samples.TryGetValue((sample.Property, sample.Rule), out List<WithheldSample>? samples))
        {
            _samples[(sample.Property, sample.Rule)] = samples = [];
        }

        if (samples.Count < MostPerRun && !samples.Exists(known => known.Legacy == sample.Legacy && known.Hubspot == sample.Hubspot))
        {
            samples.Add(sample);
        }
    }

    public void Add(WithheldSamples others)
    {
        foreach (WithheldSample sample in others.All)
        {
            Add(sample);
        }
    }
}
