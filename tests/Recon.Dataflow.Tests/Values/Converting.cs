using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;

namespace Recon.Dataflow.Tests.Values;

/// <summary>Runs conversions on strings: <c>!reason</c> for a failure, the text and <c> (remark)</c> otherwise.</summary>
internal static class Converting
{
    internal static ConversionContext Context { get; } = new(new DefaultsDefinition(), AppContext.BaseDirectory, false);

    /// <summary>Every comparison, with its defaults.</summary>
    internal static IEnumerable<IComparison> Comparisons
        => ValueKinds.Comparisons.Select(kind => ((ComparisonDefinition)Activator.CreateInstance(kind)!).Compile(Context));

    internal static ComparisonDefinition ComparisonDefinition(string kind)
        => ValueKinds.Comparisons.Select(type => (ComparisonDefinition)Activator.CreateInstance(type)!).Single(definition => definition.Kind == kind);

    internal static IComparison Comparison(string kind) => ComparisonDefinition(kind).Compile(Context);

    internal static string With(ConversionDefinition definition, string value) => With([definition], value);

    internal static string With(IReadOnlyList<ConversionDefinition> definitions, string value)
        => With(ConversionChain.Compile(definitions, Context), Encoding.UTF8.GetBytes(value));

    internal static string With(ConversionChain chain, byte[] value)
    {
        ConvertedValue converted = chain.Convert(value, new Utf8Scratch());
        string remark = converted.Remark is null ? "" : $" ({converted.Remark})";
        return converted.Failed
            ? $"!{converted.Reason}{(converted.RejectsRow ? " row" : "")}"
            : Encoding.UTF8.GetString(converted.Text) + remark;
    }
}
