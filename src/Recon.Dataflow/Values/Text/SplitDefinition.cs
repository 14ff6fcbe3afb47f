using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("split", "Takes one part of a value that a separator divides: of \"Roux, Anne\" with the separator \",\" part 2 is \"Anne\".")]
internal sealed record SplitDefinition : ConversionDefinition, ISelfValidating
{
    [Option("What divides the value, exactly.", Required = true)]
    public string Separator { get; init; } = "";

    [Option("Which part, without white space around it: 1 is the first, -1 the last. A part that is not there is no value.", Minimum = -1000, Maximum = 1000)]
    public int Part { get; init; } = 1;

    public IEnumerable<(string Member, string Message)> Validate()
        => Part == 0 ? [(nameof(Part), "counts from 1, or from -1 for the last one.")] : [];

    internal override IConversion Compile(ConversionContext context) => new SplitConversion(Separator, Part);
}
