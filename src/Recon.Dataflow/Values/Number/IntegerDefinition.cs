using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Number;

[Kind("integer", "Reads a whole number in the declared notation; a fraction other than zeros fails.", Shorthand = true)]
internal sealed record IntegerDefinition : NumericDefinition
{
    internal override IEnumerable<Alternative> Alternatives(bool hasAccepted)
    {
        var number = new NumberDefinition
        {
            Culture = Culture,
            DecimalSeparator = DecimalSeparator,
            GroupSeparator = GroupSeparator,
            Currency = Currency,
            Scale = Scale,
        };
        return base.Alternatives(hasAccepted).Append(new Alternative(number)).Concat(number.Alternatives(hasAccepted));
    }

    internal override IConversion Compile(ConversionContext context) => new NumberConversion(this, whole: true);
}
