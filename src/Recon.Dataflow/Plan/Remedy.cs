using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Extract;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Phone;

namespace Recon.Dataflow.Plan;

/// <summary>Conversions of a property that read values which the declared ones refuse.</summary>
/// <param name="Convert">The property's <c>convert</c>, to paste.</param>
/// <param name="Fits">How many of the samples they read.</param>
/// <param name="Misread">What is then wrong with the values that the declared ones accept; <see langword="null"/> for nothing.</param>
internal sealed record Remedy(string Convert, int Fits, string? Misread)
{
    private const int Most = 3;

    // Of fewer telephone numbers, some are valid in many regions.
    private const int LeastNumbers = 10;

    private const string OfAnotherCountry = "are read as another country's where they have no country code";

    /// <summary>Tries the alternatives of each step on samples.</summary>
    /// <param name="hasAccepted">Whether the declared conversions read other values, which then must still be read.</param>
    /// <returns>Those that read the most samples, and at least half of them; of those that read all alike, the first.</returns>
    public static IReadOnlyList<Remedy> Find(
        PropertyPlan property, IReadOnlyList<string> samples, bool hasAccepted, ConversionContext context)
    {
        // A sample that was cut is no value.
        string[] values = [.. samples.Where(sample => sample.Length < RejectedValue.MaxSampleLength)];
        return Best(property, values, step => step.Alternatives(hasAccepted), (_, _, converted) => !converted.Failed, 0.5, context);
    }

    /// <summary>Tries other readings of each step on samples of which HubSpot's values are known.</summary>
    /// <param name="least">The share of the samples that must be equal then.</param>
    /// <returns>Those that make the most samples equal to HubSpot's values; of those that read all alike, the first.</returns>
    public static IReadOnlyList<Remedy> FindEqual(
        PropertyPlan property, IReadOnlyList<WithheldSample> samples, double least, ConversionContext context)
        => FindEqual(property, samples, step => step.Rereadings, least, context);

    /// <summary>The regions in which telephone numbers are HubSpot's, or most of them at least valid.</summary>
    /// <remarks>HubSpot's numbers tell which regions to try: all of them take the better part of a second.</remarks>
    public static IReadOnlyList<Remedy> FindRegions(PropertyPlan property, IReadOnlyList<WithheldSample> samples, ConversionContext context)
    {
        string[] told = [.. samples.Select(sample => PhoneRegion.Of(sample.Hubspot)).OfType<string>().Distinct(StringComparer.Ordinal)];
        IReadOnlyList<Remedy> found = told.Length == 0 ? [] : FindEqual(property, samples, step => In(step, told), 0.5, context);
        string[] numbers = [.. samples.Select(sample => sample.Legacy).OfType<string>().Distinct(StringComparer.Ordinal)];
        if (found.Count == 0 && numbers.Length >= LeastNumbers)
        {
            IEnumerable<string> regions = told.Length > 0 ? told : PhoneRegion.MainFirst;
            found = Best(
                property,
                numbers,
                step => In(step, regions).Select(other => new Alternative(other)),
                (_, _, converted) => !converted.Failed && converted.Remark is null,
                0.8,
                context);
        }

        return found.Count == Most ? [] : [.. found.Select(remedy => remedy with { Misread = OfAnotherCountry })];
    }

    private static IEnumerable<ConversionDefinition> In(ConversionDefinition step, IEnumerable<string> regions)
        => step is PhoneDefinition { RegionFrom: null } phone ? regions.Where(region => region != phone.Region).Select(region => phone with { Region = region }) : [];

    private static IReadOnlyList<Remedy> FindEqual(
        PropertyPlan property,
        IReadOnlyList<WithheldSample> samples,
        Func<ConversionDefinition, IEnumerable<ConversionDefinition>> others,
        double least,
        ConversionContext context)
    {
        (string Legacy, byte[] Hubspot)[] pairs =
            [.. samples.Where(sample => sample is { Legacy: not null, Hubspot: not null }).Select(sample => (sample.Legacy!, Encoding.UTF8.GetBytes(sample.Hubspot!)))];
        return Best(
            property,
            [.. pairs.Select(pair => pair.Legacy)],
            step => others(step).Select(other => new Alternative(other)),
            (index, scratch, converted) => !converted.Failed
                && property.Reader.Comparison.AreEqual(converted.Text, property.Reader.ReadMirror(pairs[index].Hubspot, scratch), scratch),
            least,
            context);
    }

    private static IReadOnlyList<Remedy> Best(
        PropertyPlan property,
        string[] samples,
        Func<ConversionDefinition, IEnumerable<Alternative>> others,
        Reads reads,
        double least,
        ConversionContext context)
    {
        byte[][] values = [.. samples.Select(Encoding.UTF8.GetBytes)];
        IReadOnlyList<ConversionDefinition> convert = property.Definition.Convert;
        var tried =
            from step in Enumerable.Range(0, convert.Count)
            from other in others(convert[step])
            let read = Read(property.Reader.Chain.With(step, other.Definition, context), values, reads, least * values.Length)
            let fits = read.Count(text => text is not null)
            where fits > 0
            select (Step: step, Other: other, Fits: fits, Reading: string.Join('\n', read));
        var all = tried.ToArray();
        int best = all.Select(each => each.Fits).DefaultIfEmpty().Max();
        return
        [
            .. all.Where(each => each.Fits == best).DistinctBy(each => each.Reading).Take(Most)
                .Select(each => new Remedy(Json(convert, each.Step, each.Other.Definition), each.Fits, each.Other.Misread)),
        ];
    }

    // Nothing, once too few can be left that fit: most alternatives fail at the first samples.
    private static string?[] Read(ConversionChain chain, byte[][] values, Reads reads, double least)
    {
        var scratch = new Utf8Scratch();
        string?[] read = new string?[values.Length];
        int most = values.Length;
        for (int index = 0; index < values.Length; index++)
        {
            scratch.Reset();
            ConvertedValue converted = chain.Convert(values[index], scratch);
            read[index] = reads(index, scratch, converted) ? Encoding.UTF8.GetString(converted.Text) : null;
            if (read[index] is null && --most < least)
            {
                return [];
            }
        }

        return read;
    }

    private static string Json(IReadOnlyList<ConversionDefinition> convert, int step, ConversionDefinition other)
        => $"[{string.Join(", ", convert.Select((each, index) => RecordJson.Of(index == step ? other : each)))}]";

    /// <summary>Whether a conversion of a sample, by its index, is what was looked for.</summary>
    private delegate bool Reads(int index, Utf8Scratch scratch, ConvertedValue converted);
}
