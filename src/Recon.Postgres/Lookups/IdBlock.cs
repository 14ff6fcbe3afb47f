using Recon.Dataflow.Batches;
using Recon.Postgres.Catalog;

namespace Recon.Postgres.Lookups;

/// <summary>The keys that ids have under a form, as SQL computes them.</summary>
internal static class IdBlock
{
    // What is taken off around ids (Utf8WhiteSpace): PostgreSQL's \s leaves some out.
    private const string Blank = @"[\u0009-\u000D\u0020\u0085\u00A0\u00AD\u1680\u180E\u2000-\u200F\u2028\u2029\u202F\u205F\u2060\u3000\uFEFF]";
    private const string Around = $"^{Blank}+|{Blank}+$";

    /// <param name="form">Other than exact.</param>
    public static KeyBlock For(IdType type, IdForm form) => new(key => Sql(key, type, form), null, KeyBlock.Spellings);

    /// <summary>The key itself.</summary>
    public static SqlText KeyOf(SqlText key, IdForm form) => form switch
    {
        IdForm.NoLeadingZeros => SqlText.Of($@"regexp_replace({Trimmed(key)}, '^0*([0-9]+)(\.0+)?$', '\1')"),
        IdForm.Decimal => SqlText.Of($@"regexp_replace({Trimmed(key)}, '^([0-9]+)\.0+$', '\1')"),
        _ => Trimmed(key),
    };

    // A key that is a number has one run of digits; of others, which are found too, the exact key tells.
    private static SqlText Sql(SqlText key, IdType type, IdForm form)
        => type == IdType.Text ? KeyOf(key, form)
            : form == IdForm.NoLeadingZeros ? SqlText.Of($"substring({key} from '0*([0-9]+)')")
            : SqlText.Of($"substring({key} from '[0-9]+')");

    private static SqlText Trimmed(SqlText key) => SqlText.Of($"regexp_replace({key}, {new SqlLiteral(Around)}, '', 'g')");
}
