using Recon.Dataflow.Batches;
using Recon.Dataflow.Diff;

namespace Recon.Review.Model;

/// <summary>Differences that a rule withheld.</summary>
internal static class WithheldPart
{
    public static IEnumerable<WithheldFacts> Of(BatchCounts counts, ReportDetail detail, ValueShow show)
        => from entry in counts.KeptBack.OrderByDescending(entry => entry.Value).ThenBy(entry => entry.Key, StringComparer.Ordinal)
           let name = Split(entry.Key)
           select new WithheldFacts(
               name.Property,
               name.Rule,
               WithheldRules.InWords(name.Rule),
               entry.Value,
               [
                   .. counts.Withheld.Of(name.Property, name.Rule).DistinctBy(sample => (sample.Legacy, sample.Hubspot)).Take(detail.Samples)
                       .Select(sample => new TransitionFacts(show.Of(sample.Hubspot), show.Of(sample.Legacy), 1, show.Masked ? [] : [show.Of(sample.LegacyId, sample.LegacyId.Length).Text])),
               ]);

    /// <summary>Property and rule of an entry; names of rules hold no slash.</summary>
    public static (string Property, string Rule) Split(string key) => (key[..key.LastIndexOf('/')], key[(key.LastIndexOf('/') + 1)..]);
}
