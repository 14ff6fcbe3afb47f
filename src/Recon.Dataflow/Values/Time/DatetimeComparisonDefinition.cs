using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Time;

[Kind("datetime", "The same instant, to the millisecond.", Shorthand = true)]
internal sealed record DatetimeComparisonDefinition : TimeComparisonDefinition
{
    internal override IComparison Compile(ConversionContext context) => new InstantComparison();

    protected override string? WhyNotTyped(MirrorType type)
        => type == MirrorType.Date ? "it has no time of day" : base.WhyNotTyped(type);
}
