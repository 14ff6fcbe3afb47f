using System.Text;
using Recon.Dataflow.Batches;
using Recon.Dataflow.Binding;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Plan;

/// <summary>Conversions of a property that read values which the declared ones refuse.</summary>
/// <param name="Convert">The property's <c>convert</c>, to paste.</param>
/// <param name="Fits">How many of the samples they read.</param>
/// <param name="Misread">What is then wrong with the values that the declared ones accept; <see langword="null"/> for nothing.</param>
internal sealed record Remedy(string Convert, int Fits, string? Misread)
{
    private const int Most = 3;

    /// <summary>Tries the alternatives of each step on samples.</summary>
    /// <param name="hasAccepted">Whether the declared conversions read other values, which then must still be read.</param>
    /// <returns>Those that read the most samples, and at least half of them; of those that read all alike, the first.</returns>
    public static IReadOnlyList<Remedy> Find(
        PropertyPlan property, IReadOnlyList<string> samples, bool hasAccepted, ConversionContext context)
    {
        // A sample that was cut is no value.
        byte[][] values = [.. samples.Where(sample => sample.Length < RejectedValue.MaxSampleLength).Select(Encoding.UTF8.GetBytes)];
        IReadOnlyList<ConversionDefinition> convert = property.Definition.Convert;
        var tried =
            from step in Enumerable.Range(0, convert.Count)
            from other in convert[step].Alternatives(hasAccepted)
            let read = Read(property.Reader.Chain.With(step, other.Definition, context), values)
            let fits = read.Count(text => text is not null)
            where fits > 0 && fits * 2 >= values.Length
            select (Step: step, Other: other, Fits: fits, Reading: string.Join('\n', read));
        var all = tried.ToArray();
        int best = all.Select(each => each.Fits).DefaultIfEmpty().Max();
        return
        [
            .. all.Where(each => each.Fits == best).DistinctBy(each => each.Reading).Take(Most)
                .Select(each => new Remedy(Json(convert, each.Step, each.Other.Definition), each.Fits, each.Other.Misread)),
        ];
    }

    private static string?[] Read(ConversionChain chain, byte[][] values)
    {
        var scratch = new Utf8Scratch();
        return
        [
            .. values.Select(value =>
            {
                scratch.Reset();
                ConvertedValue converted = chain.Convert(value, scratch);
                return converted.Failed ? null : Encoding.UTF8.GetString(converted.Text);
            }),
        ];
    }

    private static string Json(IReadOnlyList<ConversionDefinition> convert, int step, ConversionDefinition other)
        => $"[{string.Join(", ", convert.Select((each, index) => RecordJson.Of(index == step ? other : each)))}]";
}
