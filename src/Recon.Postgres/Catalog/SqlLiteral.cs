namespace Recon.Postgres.Catalog;

/// <summary>
/// A text constant for SQL that people will run themselves, where there are no parameters. Any text is safe, whatever
/// <c>standard_conforming_strings</c> says.
/// </summary>
internal readonly record struct SqlLiteral
{
    private readonly string _value;

    /// <exception cref="ArgumentException">The value holds a NUL character, which PostgreSQL cannot store.</exception>
    public SqlLiteral(string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("A text of PostgreSQL holds no NUL character.", nameof(value));
        }

        _value = value;
    }

    /// <summary>The value in single quotes, those inside it doubled; as <c>E'…'</c> when it has a backslash.</summary>
    public override string ToString()
    {
        string quoted = $"'{_value.Replace("'", "''", StringComparison.Ordinal)}'";
        return _value.Contains('\\', StringComparison.Ordinal)
            ? "E" + quoted.Replace("\\", "\\\\", StringComparison.Ordinal)
            : quoted;
    }
}
