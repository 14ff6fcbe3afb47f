using System.CommandLine.Parsing;

namespace Recon.Cli.Hosting;

/// <summary>What is wrong with a command line, in words that name no type of the program.</summary>
internal static class ParseMessages
{
    public static string Of(ParseError error)
        => error.SymbolResult is OptionResult { Option: { } option } result
            && WantedBy(Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType) is { } wanted
            && error.Message.Contains("System.", StringComparison.Ordinal)
            ? $"{option.Name} takes {wanted}, not '{string.Join(' ', result.Tokens.Select(token => token.Value))}'."
            : error.Message;

    private static string? WantedBy(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => "true or false, or nothing",
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Decimal or TypeCode.Double => "a number",
        _ => null,
    };
}
