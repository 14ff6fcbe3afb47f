using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Phone;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;
using Recon.Dataflow.Values.Web;

namespace Recon.Dataflow.Values;

/// <summary>All conversions and comparisons, in the order of the schema. A new one is its folder or file, and one line here.</summary>
internal static class ValueKinds
{
    public static IReadOnlyList<Type> Conversions { get; } =
    [
        typeof(TrimDefinition),
        typeof(CollapseDefinition),
        typeof(UpperDefinition),
        typeof(LowerDefinition),
        typeof(TitleDefinition),
        typeof(TruncateDefinition),
        typeof(NormalizeDefinition),
        typeof(ReplaceDefinition),
        typeof(SplitDefinition),
        typeof(PadDefinition),
        typeof(DigitsDefinition),
        typeof(HtmlDefinition),
        typeof(DomainDefinition),
        typeof(UrlDefinition),
        typeof(EmailDefinition),
        typeof(PhoneDefinition),
        typeof(NumberDefinition),
        typeof(IntegerDefinition),
        typeof(BooleanDefinition),
        typeof(DateDefinition),
        typeof(DatetimeDefinition),
        typeof(MapDefinition),
        typeof(MapFileDefinition),
        typeof(MultiSelectDefinition),
        typeof(CustomDefinition),
    ];

    public static IReadOnlyList<Type> Comparisons { get; } =
    [
        typeof(TextComparisonDefinition),
        typeof(TextIgnoringWhitespaceComparisonDefinition),
        typeof(NumberComparisonDefinition),
        typeof(BooleanComparisonDefinition),
        typeof(DateComparisonDefinition),
        typeof(DatetimeComparisonDefinition),
        typeof(EnumerationComparisonDefinition),
        typeof(MultiSelectComparisonDefinition),
        typeof(DomainComparisonDefinition),
        typeof(UrlComparisonDefinition),
        typeof(EmailComparisonDefinition),
        typeof(PhoneComparisonDefinition),
    ];
}
