using System.Text;
using Recon.Dataflow.Text;
using Recon.Dataflow.Values;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Text;
using Recon.Testing;

namespace Recon.Dataflow.Tests.Values;

/// <summary>Runs conversions on strings: <c>!reason</c> for a failure, the text and <c> (remark)</c> otherwise.</summary>
internal static class Converting
{
    private static readonly string s_folder = Path.Combine(Repository.Root, "tests", "Recon.Dataflow.Tests", "Values");

    internal static ConversionContext Context => new(new DefaultsDefinition(), s_folder, false)
    {
        Custom = new Dictionary<string, CustomConverter> { ["own"] = value => value },
    };

    /// <summary>Every comparison, with its defaults.</summary>
    internal static IEnumerable<IComparison> Comparisons
        => ValueKinds.Comparisons.Select(kind => ((ComparisonDefinition)Activator.CreateInstance(kind)!).Compile(Context));

    /// <summary>A conversion of a type, with its defaults and with what it cannot do without.</summary>
    internal static ConversionDefinition Definition(Type type)
        => (ConversionDefinition)Activator.CreateInstance(type)! switch
        {
            MapFileDefinition file => file with { Path = "map.csv" },
            CustomDefinition custom => custom with { Name = "own" },
            SplitDefinition split => split with { Separator = "," },
            ConversionDefinition other => other,
        };

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
