using System.CommandLine;
using System.CommandLine.Parsing;
using Recon.Dataflow.Text;

namespace Recon.Cli.Hosting;

/// <summary>What is wrong with a command line, in words that name no type of the program.</summary>
internal static class ParseMessages
{
    /// <summary>The messages for a command line that could not be parsed.</summary>
    public static IEnumerable<string> Of(ParseResult parse)
        => parse.CommandResult.Command is RootCommand root && parse.UnmatchedTokens is [var first, ..]
            ? [Unknown(root, first)]
            : parse.Errors.Select(Of).Distinct(StringComparer.Ordinal);

    /// <param name="subject">The option, or the argument in words.</param>
    public static string NotOneOf(string subject, string[] words, string given)
        => $"{subject} takes {string.Join(", ", words[..^1])} or {words[^1]}, not '{given}'.{Guess(given, words)}";

    private static string Unknown(RootCommand root, string token) => token.StartsWith('-')
        ? $"Unknown option '{token}'.{Guess(token, root.Options.Select(option => option.Name))}"
        : $"Unknown command '{token}'.{Guess(token, root.Subcommands.Select(command => command.Name))}";

    private static string Guess(string given, IEnumerable<string> known)
        => Suggestion.Nearest(given, known) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    private static string Of(ParseError error)
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
