using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

/// <summary>Cuts a value that is too long. Every cut is counted.</summary>
[Kind("truncate", "Cuts a value that is longer than \"length\" characters. Every cut is counted.", Shorthand = true)]
internal sealed record TruncateDefinition : ConversionDefinition
{
    [Option("Maximum number of characters (in UTF-16 units, as HubSpot counts them).", Minimum = 1, Maximum = 65_536)]
    public int Length { get; init; } = 65_536;

    internal override IConversion Compile(ConversionContext context) => new TruncateConversion(Length);
}
