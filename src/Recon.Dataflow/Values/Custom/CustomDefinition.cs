using Recon.Dataflow.Binding;

namespace Recon.Dataflow.Values.Custom;

/// <summary>A conversion that the program which hosts recon registered in code.</summary>
[Kind("custom", "A conversion that a program using recon as a library registered under \"name\". The command line has none.")]
internal sealed record CustomDefinition : ConversionDefinition
{
    [Option("The name under which the program registered it.", Required = true)]
    public string Name { get; init; } = "";

    public override string Label => $"{Kind} {Name}";

    internal override IConversion Compile(ConversionContext context)
        => new CustomConversion(context.Custom.GetValueOrDefault(Name)
            ?? throw new ConversionSetupException($"No conversion is registered under '{Name}'."));
}
