using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Recon.Dataflow.Text;

namespace Recon.Cli.Hosting;

/// <summary>What is wrong with a command line, in words that name no type of the program.</summary>
internal static class ParseMessages
{
    /// <summary>What is wrong with a command line; nothing when it can be carried out.</summary>
    public static IReadOnlyList<string> Of(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        bool isRefused = parse is { Errors.Count: > 0, Action: ParseErrorAction };
        if (!isRefused && parse.Action != command.Action)
        {
            return []; // Help, the version, or what a shell asks.
        }

        if (isRefused && command is RootCommand root && parse.UnmatchedTokens is [var first, ..])
        {
            return [Unknown(root, first)];
        }

        string[] mistyped = [.. Mistyped(parse)];
        return mistyped.Length > 0 ? mistyped : isRefused ? [.. parse.Errors.Select(Of).Distinct(StringComparer.Ordinal)] : [];
    }

    /// <param name="subject">The option, or the argument in words.</param>
    public static string NotOneOf(string subject, string[] words, string given)
        => $"{subject} takes {string.Join(", ", words[..^1])} or {words[^1]}, not '{given}'.{Guess(given, words)}";

    private static string Unknown(RootCommand root, string token) => token.StartsWith('-')
        ? $"Unknown option '{token}'.{Guess(token, root.Options.Select(option => option.Name))}"
        : $"Unknown command '{token}'.{Guess(token, root.Subcommands.Select(command => command.Name))}";

    // What looks like an option and is none would be taken for an argument, such as the name of a pipeline. A number below zero
    // and all that follows "--" are arguments.
    private static IEnumerable<string> Mistyped(ParseResult parse)
    {
        Command command = parse.CommandResult.Command;
        if (!command.TreatUnmatchedTokensAsErrors)
        {
            return []; // It takes any option.
        }

        HashSet<Token> literal = [.. parse.Tokens.SkipWhile(token => token.Type != TokenType.DoubleDash)];
        IEnumerable<string> known = command.Options.Concat(parse.RootCommandResult.Command.Options.Where(option => option.Recursive))
            .Where(option => !option.Hidden).Select(option => option.Name);
        return parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Where(token => token.Value is ['-', not (>= '0' and <= '9'), ..] && !literal.Contains(token))
            .Select(token => token.Value).Concat(parse.UnmatchedTokens.Where(word => word is ['-', _, ..])).Distinct(StringComparer.Ordinal)
            .Select(word => $"'recon {command.Name}' has no option '{word}'.{Guess(word.Split('=')[0], known)}");
    }

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
