using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Text;

[Kind("normalize", "Writes accents composed (NFC), as everything that is staged; folds case and removes accents where told.", Shorthand = true)]
internal sealed record NormalizeDefinition : ConversionDefinition
{
    [Option("Whether letters that differ in case only become the same, in lower case.")]
    public bool FoldCase { get; init; }

    [Option("Whether accents are removed: é becomes e. Letters of their own, such as ø and œ, stay.")]
    public bool RemoveAccents { get; init; }

    internal override IConversion Compile(ConversionContext context) => new NormalizeConversion(FoldCase, RemoveAccents);
}
