using System.Collections.Frozen;
using System.Globalization;
using Recon.Dataflow.Text;

namespace Recon.Sandbox.Traps;

/// <summary>
/// One trap and when it acts. As text: <c>NAME[=VALUE][,on=CALL][,type=TYPE][,ids=ID+ID][,from=N][,times=N]</c>.
/// </summary>
internal sealed record SandboxTrap(TrapKind Kind, string? Value = null)
{
    /// <summary>The calls that it acts on; those of the table when <see langword="null"/>.</summary>
    public CallKind? On { get; init; }

    /// <summary>The object type that it acts on; all when <see langword="null"/>.</summary>
    public string? Type { get; init; }

    /// <summary>The records that it acts on: calls with none of them are not counted. The first ones of a call when empty.</summary>
    public IReadOnlySet<string> Ids { get; init; } = FrozenSet<string>.Empty;

    /// <summary>The first of the matching calls that it acts on, from 1.</summary>
    public int From { get; init; } = 1;

    /// <summary>How many calls it acts on; as the table says when <see langword="null"/>.</summary>
    public int? Times { get; init; }

    /// <summary>The value as a number.</summary>
    public int Number(int otherwise) => int.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;

    /// <summary>The inputs of a call that it acts on: those of <see cref="Ids"/>, or the first ones.</summary>
    public IReadOnlySet<string> Chosen(IEnumerable<string> ids, int count)
        => (Ids.Count > 0 ? ids.Where(Ids.Contains) : ids.Take(count)).ToHashSet(StringComparer.Ordinal);

    /// <summary>The value's parts, such as a property and a value.</summary>
    public string[] Parts(int most) => (Value ?? "").Split(':', most);

    /// <exception cref="FormatException">The text says nothing that there is.</exception>
    public static SandboxTrap Parse(string text)
    {
        string[] words = text.Split(',', StringSplitOptions.TrimEntries);
        (string name, string? value) = Pair(words[0]);
        TrapInfo info = TrapInfo.All.FirstOrDefault(each => each.Name == name) ?? throw new FormatException(
            $"There is no trap '{name}'{Suggestion.Hint(name, [.. TrapInfo.All.Select(each => each.Name)], always: true)}.");
        if (value is not null && info.Value is null)
        {
            throw new FormatException($"The trap '{name}' takes no value, but '{value}' was given.");
        }

        return words.Skip(1).Aggregate(Checked(new SandboxTrap(info.Kind, value), info), With);
    }

    public override string ToString() => string.Join(',', Words());

    private static SandboxTrap Checked(SandboxTrap trap, TrapInfo info)
    {
        bool isGood = trap.Kind switch
        {
            TrapKind.RefuseBatch or TrapKind.UniqueTaken or TrapKind.UnknownOption or TrapKind.ReadOnly or TrapKind.TooLong or TrapKind.Merge or TrapKind.Workflow
                => !string.IsNullOrEmpty(trap.Value),
            TrapKind.EditAfterRead or TrapKind.EditBeforeUpdate => trap.Parts(2).Length == 2,
            TrapKind.RequiredIf => trap.Parts(3).Length == 3,
            TrapKind.Quota => trap.Number(-1) >= 0,
            TrapKind.Slow or TrapKind.RateLimit or TrapKind.Migration or TrapKind.ErrorsIn200 or TrapKind.ErrorsIn207 or TrapKind.LeftOut or TrapKind.Limit
                => trap.Value is null || trap.Number(-1) >= 0,
            TrapKind.ServerError or TrapKind.ServerErrorAfter => trap.Number(500) is >= 500 and < 600,
            TrapKind.Rewrite => trap.Value is null or "trim" or "email" or "phone",
            _ => true,
        };
        return isGood ? trap : throw new FormatException($"The trap '{info.Name}' takes {info.Value}, not '{trap.Value}'.");
    }

    private static SandboxTrap With(SandboxTrap trap, string word)
    {
        (string name, string? value) = Pair(word);
        return name switch
        {
            "on" when Enum.TryParse(value, ignoreCase: true, out CallKind call) && call != CallKind.Unknown => trap with { On = call },
            "type" when value is { Length: > 0 } => trap with { Type = value },
            "ids" when value is { Length: > 0 } => trap with { Ids = value.Split('+').ToFrozenSet(StringComparer.Ordinal) },
            "from" when IsCount(value, out int from) => trap with { From = from },
            "times" when IsCount(value, out int times) => trap with { Times = times },
            _ => throw new FormatException(
                $"'{word}' says nothing about a trap. After its name: on=read (or {string.Join(", ", Enum.GetNames<CallKind>().Skip(2).Select(call => call.ToLowerInvariant()))}), type=companies, ids=7010+7011, from=2, times=1."),
        };
    }

    private static bool IsCount(string? text, out int count) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static (string Name, string? Value) Pair(string word)
        => word.IndexOf('=', StringComparison.Ordinal) is >= 0 and int at ? (word[..at], word[(at + 1)..]) : (word, null);

    private IEnumerable<string> Words()
    {
        string name = TrapInfo.Of(Kind).Name;
        yield return Value is null ? name : $"{name}={Value}";
        if (On is { } call)
        {
            yield return $"on={call.ToString().ToLowerInvariant()}";
        }

        if (Type is not null)
        {
            yield return $"type={Type}";
        }

        if (Ids.Count > 0)
        {
            yield return $"ids={string.Join('+', Ids.Order(StringComparer.Ordinal))}";
        }

        if (From > 1)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"from={From}");
        }

        if (Times is { } times)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"times={times}");
        }
    }
}
