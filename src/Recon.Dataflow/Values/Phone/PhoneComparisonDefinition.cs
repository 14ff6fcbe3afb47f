using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Phone;

[Kind("phone", "The same telephone number in E.164, extension included.", Shorthand = true)]
internal sealed record PhoneComparisonDefinition : ComparisonDefinition, ISelfValidating
{
    [Option("ISO 3166 region of numbers that carry no country code. Default: that of the property's \"phone\" conversion, else phoneRegion of \"defaults\".")]
    public string? Region { get; init; }

    public IEnumerable<(string Member, string Message)> Validate() => PhoneRegion.Check(nameof(Region), Region);

    internal override ComparisonDefinition After(IReadOnlyList<ConversionDefinition> steps)
        => Region is null && steps.OfType<PhoneDefinition>().LastOrDefault() is { RegionFrom: null, Region: { } region }
            ? this with { Region = region }
            : this;

    internal override IComparison Compile(ConversionContext context)
        => new ConvertedComparison(new PhoneConversion(Region ?? context.Defaults.PhoneRegion, isFixed: Region is not null));
}
