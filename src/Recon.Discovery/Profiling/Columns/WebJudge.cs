using System.Text.RegularExpressions;
using Recon.Dataflow.Values.Web;

namespace Recon.Discovery.Profiling.Columns;

/// <summary>Addresses of mail and of the web.</summary>
internal static partial class WebJudge
{
    public static Judgement? Email(ColumnValues values, FileHabits habits)
    {
        if (!values.AreMost(values.Count(value => value.Text.Contains('@', StringComparison.Ordinal))))
        {
            return null;
        }

        long read = values.Read(values.Convert(new EmailDefinition()));
        return !values.AreMost(read) ? null
            : Judgement.Of(new(ColumnKind.Email, values.AreAll(read), values.Say(read, "e-mail addresses"), Text(values, read)), new EmailDefinition());
    }

    public static Judgement? Url(ColumnValues values, FileHabits habits)
    {
        long looks = values.Count(value => Address().IsMatch(value.Text));
        if (!values.AreMost(looks))
        {
            return null;
        }

        long read = values.Read(values.Convert(new UrlDefinition()));
        long whole = values.Count(value => value.Text.Contains("://", StringComparison.Ordinal) || value.Text.TrimEnd('/').Contains('/', StringComparison.Ordinal));
        return !values.AreMost(read) ? null : Judgement.Of(
            new(ColumnKind.Url, values.AreAll(read), values.Say(read, whole > 0 ? "web addresses" : "hosts of the web"), Text(values, read)),
            whole > 0 ? new UrlDefinition() : new DomainDefinition());
    }

    private static OtherReading<ColumnKind>[] Text(ColumnValues values, long read)
        => values.AreAll(read) ? [] : [new(ColumnKind.Text, values.Say(values.Total - read, "something else"))];

    // Without scheme and www., only under domains that exist, so that file names and initials are none.
    [GeneratedRegex(
        @"^(https?://|www\.)\S+$|^[\w-]{2,}(\.[\w-]{2,})*\.(com|org|net|info|biz|edu|gov|eu|example|test|invalid|localhost|io|co|ai|app|dev|shop|online|site|fr|de|uk|ch|be|es|it|nl|at|pt|pl|se|no|dk|fi|ie|lu|ca|us|cz|hu|ro|ru|gr|tr|br|mx|jp|cn|in|au|nz|za|paris|bzh|alsace|corsica)(:\d+)?(/\S*)?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
