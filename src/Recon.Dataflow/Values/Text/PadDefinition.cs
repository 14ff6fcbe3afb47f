using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

/// <summary>Where a value is filled up.</summary>
internal enum PadSide
{
    Left,
    Right,
}

[Kind("pad", "Fills a value up to a length, after white space around it is removed: 75 becomes 00075. A longer value stays as it is.")]
internal sealed record PadDefinition : ConversionDefinition, ISelfValidating
{
    [Option("The length in characters (in UTF-16 units, as HubSpot counts them).", Required = true, Minimum = 1, Maximum = 1000)]
    public int Length { get; init; } = 1;

    [Option("Where it is filled up.")]
    public PadSide Side { get; init; } = PadSide.Left;

    [Option("The character that fills it up.")]
    public string Character { get; init; } = "0";

    public IEnumerable<(string Member, string Message)> Validate()
        => Character.Length == 1 && !char.IsSurrogate(Character[0]) ? [] : [(nameof(Character), $"'{Character}' is not one character.")];

    internal override IConversion Compile(ConversionContext context) => new PadConversion(this);
}
