/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lk-sms-sender.h"

#define TO "+4915112345678"

static void
assert_expands (const char *format, const char *text, const char *expected)
{
  const LkSmsConfig config = { .user = (char *)"me & you",
                               .password = (char *)"{to}&admin=1#\r\n",
                               .from = (char *)"Ä" };
  g_autofree char *expanded = lk_sms_expand_template (format, &config, TO, text);

  g_assert_cmpstr (expanded, ==, expected);
}

static void
test_kannel (void)
{
  assert_expands ("http://h/sendsms?to={to}&text={text}&charset={charset}&coding={coding}",
                  "1 code",
                  "http://h/sendsms?to=%2B4915112345678&text=1%20code&charset=UTF-8&coding=0");
  assert_expands ("{coding}{to}{to}", "コード", "2%2B4915112345678%2B4915112345678");
}

/* No value adds a parameter, ends the URL or a header, or is filled in itself. */
static void
test_hostile_values (void)
{
  assert_expands ("user={user}", "", "user=me%20%26%20you");
  assert_expands ("p={password}", "", "p=%7Bto%7D%26admin%3D1%23%0D%0A");
  assert_expands ("{from}", "", "%C3%84");
  assert_expands ("{text}", "a&to=+1\r\nHost: x {password} %41?#/",
                  "a%26to%3D%2B1%0D%0AHost%3A%20x%20%7Bpassword%7D%20%2541%3F%23%2F");
}

static void
test_braces (void)
{
  assert_expands ("", "x", "");
  assert_expands ("{}{", "x", "{}{");
  assert_expands ("{to", "x", "{to");
  assert_expands ("{TO}{ to}{other}", "x", "{TO}{ to}{other}");
  assert_expands ("{{text}}", "x", "{x}");
  assert_expands ("%s%n{text}", "x", "%s%nx");
}

/* What is not configured is empty. */
static void
test_missing (void)
{
  const LkSmsConfig config = { .sender = LK_SENDER_GATEWAY };
  g_autofree char *expanded
      = lk_sms_expand_template ("{user}|{password}|{from}|{to}", &config, TO, "");

  g_assert_cmpstr (expanded, ==, "|||%2B4915112345678");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/server/sms-template/kannel", test_kannel);
  g_test_add_func ("/server/sms-template/hostile-values", test_hostile_values);
  g_test_add_func ("/server/sms-template/braces", test_braces);
  g_test_add_func ("/server/sms-template/missing", test_missing);
  return g_test_run ();
}
