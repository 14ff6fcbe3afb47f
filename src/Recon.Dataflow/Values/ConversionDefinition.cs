using Recon.Dataflow.Binding;
using Recon.Dataflow.Values.Choice;
using Recon.Dataflow.Values.Custom;
using Recon.Dataflow.Values.Number;
using Recon.Dataflow.Values.Text;
using Recon.Dataflow.Values.Time;

namespace Recon.Dataflow.Values;

/// <summary>One step of a conversion chain, from legacy text to HubSpot's canonical text.</summary>
[Union(
    typeof(TrimDefinition),
    typeof(CollapseDefinition),
    typeof(UpperDefinition),
    typeof(LowerDefinition),
    typeof(TitleDefinition),
    typeof(TruncateDefinition),
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
    typeof(CustomDefinition))]
internal abstract record ConversionDefinition
{
    /// <summary>The value of <c>kind</c>.</summary>
    public string Kind => ((KindAttribute)Attribute.GetCustomAttribute(GetType(), typeof(KindAttribute))!).Kind;
}
