package io.smsbridge.ledger;

import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What waits in the outbox, row by row: to look at, and to take out what is not being sent or told at this moment. */
public final class WaitingRows {

    private final LedgerDatabase ledger;

    private record Removed(long payloadId, Outbox.Entry rest) {
    }

    /** @param body its items, as a JSON array */
    public record Row(long id, String queue, String target, byte[] body) {

        public List<ObjectNode> items() {
            return OutboxPayload.stored(0, body).items();
        }
    }

    public WaitingRows(LedgerDatabase ledger) {
        this.ledger = ledger;
    }

    /** Some rows behind the one with this id, in the order of their ids; 0 for the first. */
    public List<Row> after(long id) throws SQLException {
        return ledger.query("find-waiting", statement -> statement.set("after", id),
                row -> new Row(row.getLong("id"), row.getString("queue"), row.getString("target"), row.getBytes("body")));
    }

    /**
     * Takes items of a row out for good, unless it is in a call, or in the hands of another bridge. A row that waits in this one's memory goes
     * from there, too.
     *
     * @param left what of the row goes on waiting
     * @param also written in the same transaction
     * @return whether it was done
     */
    public boolean takeOut(Row row, List<ObjectNode> left, Outbox.Decision also) throws Exception {
        OutboxQueue queue = ledger.outbox().queue(row.queue(), row.target());
        OutboxRow held = queue.takeOut(row.id());
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        ledger.writer().submit(new LedgerWork() {
            private boolean done;

            @Override
            public void write(LedgerTransaction transaction) throws SQLException {
                done = replace(transaction, row, held != null, left);
                if (done) {
                    also.write(transaction);
                }
            }

            @Override
            public void committed() {
                if (!done) {
                    putBack();
                }
                answer.complete(done);
            }

            @Override
            public void failed(Exception reason) {
                putBack();
                answer.completeExceptionally(reason);
            }

            private void putBack() {
                if (held != null) {
                    queue.putBack(new OutboxBatch(row.queue(), row.target(), List.of(held)));
                    queue.wake();
                }
            }
        });
        try {
            return answer.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private boolean replace(LedgerTransaction transaction, Row row, boolean held, List<ObjectNode> left) throws SQLException {
        Outbox outbox = ledger.outbox();
        List<Removed> removed = transaction.sql("remove-waiting").set("id", row.id()).set("now", transaction.now())
                .set("owner", held ? outbox.table().owner() : "").query(found -> new Removed(found.getLong("payload_id"), new Outbox.Entry(found.getInt("lane"),
                        found.getString("grouping"), 0, 0, found.getString("request_id"), found.getLong("received_at"), found.getInt("attempts"),
                        LedgerRows.nullable(found, "failing_since"), left)));
        for (Removed one : removed) {
            transaction.sql("remove-payload").set("id", one.payloadId()).execute();
            if (!left.isEmpty()) {
                outbox.put(transaction, row.queue(), List.of(row.target()), one.rest());
            }
        }
        return !removed.isEmpty();
    }
}
