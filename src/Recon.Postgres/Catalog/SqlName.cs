namespace Recon.Postgres.Catalog;

/// <summary>
/// A quoted SQL identifier: the only way a name from a definition gets into SQL text. Any name is safe, hostile ones too.
/// </summary>
internal readonly record struct SqlName
{
    private readonly string _name;

    /// <param name="name">The name, as the catalog has it: not quoted, case as it is.</param>
    /// <exception cref="ArgumentException">The name is empty or holds a NUL character.</exception>
    public SqlName(string name)
    {
        if (string.IsNullOrEmpty(name) || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException("An SQL name is not empty and holds no NUL character.", nameof(name));
        }

        _name = name;
    }

    /// <summary>The name without quotes.</summary>
    public string Value => _name;

    /// <summary>The name in double quotes, those inside it doubled.</summary>
    public override string ToString() => $"\"{_name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>A table's name with its schema.</summary>
internal readonly record struct SqlTable(SqlName Schema, SqlName Name)
{
    /// <summary>Reads <c>schema.table</c> as a definition has it: split at the first point, nothing quoted.</summary>
    /// <returns>The table; in schema <c>public</c> when there is no point.</returns>
    public static SqlTable Parse(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0
            ? new SqlTable(new SqlName("public"), new SqlName(text))
            : new SqlTable(new SqlName(text[..point]), new SqlName(text[(point + 1)..]));
    }

    /// <summary>The name as people write it.</summary>
    public string Display => $"{Schema.Value}.{Name.Value}";

    /// <summary>Schema and table, each quoted.</summary>
    public override string ToString() => $"{Schema}.{Name}";
}
