using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Replaces what a regular expression finds.</summary>
/// <remarks>
/// Where the engine can do without going back, a value takes time in proportion to its length, and no limit is reached.
/// Lookarounds and backreferences need the other engine, which has a limit.
/// </remarks>
internal sealed class ReplaceConversion(ReplaceDefinition definition) : IConversion
{
    private readonly Regex _pattern = Compile(definition.Pattern, definition.IgnoreCase);
    private readonly string _replacement = definition.Replacement;

    /// <summary>Longest time for one value; far beyond what a proper expression takes, so that load does not decide.</summary>
    internal static TimeSpan Limit { get; } = TimeSpan.FromSeconds(1);

    public ConvertedValue Convert(ReadOnlySpan<byte> value, Utf8Scratch scratch)
    {
        char[] characters = ArrayPool<char>.Shared.Rent(value.Length);
        try
        {
            Span<char> text = characters.AsSpan(0, Encoding.UTF8.GetChars(value, characters));
            return _pattern.IsMatch(text)
                ? ConvertedValue.Of(scratch.Encode(_pattern.Replace(new string(text), _replacement)))
                : ConvertedValue.Of(value);
        }
        catch (RegexMatchTimeoutException)
        {
            return ConvertedValue.Fail(ValueRejectReasons.TimedOut);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private static Regex Compile(string pattern, bool ignoreCase)
    {
        RegexOptions options = RegexOptions.CultureInvariant | (ignoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        try
        {
            return new Regex(pattern, options | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options | RegexOptions.Compiled, Limit);
        }
    }
}
