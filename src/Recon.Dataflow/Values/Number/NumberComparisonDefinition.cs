using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

[Kind("number", "The same decimal number, however it is written.", Shorthand = true)]
internal sealed record NumberComparisonDefinition : ComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new NumberComparison();

    protected override string? WhyNotTyped(MirrorType type)
        => type is MirrorType.Boolean or MirrorType.Uuid || type.IsTime() ? "it holds no numbers" : null;
}
