package io.smsbridge;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

import org.apache.camel.Exchange;
import org.apache.camel.component.sql.DefaultSqlPrepareStatementStrategy;

/**
 * Bean {@code namedParameters}, for statements that take a batch of rows: fills them as camel-sql does, but looks for the names of their
 * parameters once, and not in each row, and for their values in the row alone. That took half the time in which events are recorded.
 */
public final class NamedParameters extends DefaultSqlPrepareStatementStrategy {

    /** As the component hands them on, its # replaced. */
    private static final Pattern NAME = Pattern.compile(":\\?(\\w+)");

    private final Map<String, List<String>> names = new ConcurrentHashMap<>();

    @Override
    public Iterator<?> createPopulateIterator(String query, String prepared, int expected, Exchange exchange, Object row) throws SQLException {
        List<String> found = names.computeIfAbsent(query, text -> NAME.matcher(text).results().map((MatchResult name) -> name.group(1)).toList());
        // Whatever is not as usual is left to the original, and so is the error where a value is missing.
        if (!(row instanceof Map<?, ?> values) || found.size() != expected) {
            return super.createPopulateIterator(query, prepared, expected, exchange, row);
        }
        List<Object> parameters = new ArrayList<>(expected);
        for (String name : found) {
            Object value = values.get(name);
            if (value == null && !values.containsKey(name)) {
                return super.createPopulateIterator(query, prepared, expected, exchange, row);
            }
            parameters.add(value);
        }
        return parameters.iterator();
    }
}
