using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Phone;

[Kind("phone", "Writes a telephone number in E.164 (+33612345678); an extension follows as \" ext 12\".", Shorthand = true)]
internal sealed record PhoneDefinition : ConversionDefinition, ISelfValidating
{
    [Option("ISO 3166 region of numbers that carry no country code. Default: phoneRegion of \"defaults\".")]
    public string? Region { get; init; }

    internal override ComparisonDefinition Produces => new PhoneComparisonDefinition();

    public IEnumerable<(string Member, string Message)> Validate() => PhoneRegion.Check(nameof(Region), Region);

    internal override IConversion Compile(ConversionContext context) => new PhoneConversion(Region ?? context.Defaults.PhoneRegion);
}
