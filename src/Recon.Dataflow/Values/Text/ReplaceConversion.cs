using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using Recon.Dataflow.Text;

namespace Recon.Dataflow.Values.Text;

/// <summary>Replaces what a regular expression finds.</summary>
/// <remarks>
/// Where the engine can do without going back, each match takes time in proportion to what is left of the value, and only
/// many that each look far ahead reach the limit, which is watched in long texts. Lookarounds and backreferences need the
/// other engine, which watches the limit by itself.
/// </remarks>
internal sealed class ReplaceConversion(ReplaceDefinition definition) : IConversion
{
    private const int LongestUnwatched = 65_536;

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
                ? ConvertedValue.Of(scratch.Encode(text.Length > LongestUnwatched ? Watched(new string(text)) : _pattern.Replace(new string(text), _replacement)))
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

    // The engine that does not go back looks at the time too seldom.
    private string Watched(string text)
    {
        long started = TimeProvider.System.GetTimestamp();
        return _pattern.Replace(text, match => TimeProvider.System.GetElapsedTime(started) < Limit
            ? match.Result(_replacement)
            : throw new RegexMatchTimeoutException());
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
