using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Phone;

[Kind("phone", "Writes a telephone number in E.164 (+33612345678); an extension follows as \" ext 12\".", Shorthand = true)]
internal sealed record PhoneDefinition : ConversionDefinition, ISelfValidating
{
    [Option("ISO 3166 region of numbers that carry no country code, on both sides. Default: phoneRegion of \"defaults\"; with \"regionFrom\", none.")]
    public string? Region { get; init; }

    [Option("The column of the file that tells the region of a record's number: an ISO 3166 code in any case, or what \"regions\" lists. Where it tells none, \"region\" holds, or a number without country code is not staged.")]
    public string? RegionFrom { get; init; }

    [Option("The ISO 3166 region for other spellings of \"regionFrom\", whatever their case: { \"France\": \"FR\" }.")]
    public IReadOnlyDictionary<string, string>? Regions { get; init; }

    internal override ComparisonDefinition Produces => new PhoneComparisonDefinition { Region = RegionFrom is null ? Region : null };

    public IEnumerable<(string Member, string Message)> Validate()
    {
        foreach (string region in (Regions?.Values ?? []).Prepend(Region).OfType<string>())
        {
            foreach ((string _, string message) in PhoneRegion.Check(nameof(Region), region))
            {
                yield return (region == Region ? nameof(Region) : nameof(Regions), message);
            }
        }

        if (Regions is not null && RegionFrom is null)
        {
            yield return (nameof(Regions), "applies to \"regionFrom\", which is not given");
        }
    }

    internal override IConversion Compile(ConversionContext context)
        => RegionFrom is null ? new PhoneConversion(Region ?? context.Defaults.PhoneRegion, isFixed: Region is not null) : new PhoneConversion(Region, isFixed: false);
}
