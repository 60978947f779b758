/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>
#include "server-fixture.h"

/* Random operations on a store, beside a model that knows nothing but who shares what and who
 * published what. After each step a reader reads; what the reader then has must be what the model
 * says, nothing may come twice, and nothing may be said to be gone that was not given before. */

#define N_PEOPLE 5
#define N_REFS 4
#define MAX_DEVICES 2
#define MAX_PICTURES 6
#define STEPS 250

typedef struct
{
  char *id;
  guint number; /* in the order of publishing */
  guint edits;
  LkAudienceKind kind;
  gboolean named[N_REFS];
  gint64 expires;
} ModelPicture;

/* What a reader's device has under a ref. */
typedef struct
{
  guint number; /* 0 for nothing */
  guint edits;
} Held;

typedef struct
{
  gint64 account;
  gboolean second;     /* holds its second identifier too */
  int book[N_REFS];    /* identifier behind each ref: person * 2 + which, or -1 */
  GPtrArray *pictures; /* ModelPicture, by position */
  char *cursors[MAX_DEVICES];
  Held held[MAX_DEVICES][N_REFS];
  gboolean given[N_REFS]; /* a picture, to any device */
} Person;

typedef struct
{
  ServerFixture *fixture;
  GRand *rand;
  Person people[N_PEOPLE];
  guint last_number;
  guint keys;
  int n_devices; /* of each person */
} Model;

static void
model_picture_free (gpointer data)
{
  ModelPicture *self = data;

  g_free (self->id);
  g_free (self);
}

static char *
dup_identifier (int person, int which)
{
  return g_strdup_printf ("person%d-%d@example.org", person, which);
}

static gboolean
person_holds (const Model *model, int person, int identifier)
{
  return identifier >= 0 && identifier / 2 == person
         && (identifier % 2 == 0 || model->people[person].second);
}

static gboolean
ref_holds (const Model *model, int owner, int ref, int person)
{
  return person_holds (model, person, model->people[owner].book[ref]);
}

static gboolean
model_takes (const Model *model, int owner, const ModelPicture *picture, int viewer)
{
  gboolean is_contact = FALSE, is_named = FALSE;

  for (int ref = 0; ref < N_REFS; ref++)
    if (ref_holds (model, owner, ref, viewer))
      {
        is_contact = TRUE;
        is_named |= picture->named[ref];
      }
  switch (picture->kind)
    {
    case LK_AUDIENCE_EVERYONE:
      return TRUE;
    case LK_AUDIENCE_CONTACTS:
      return is_contact;
    case LK_AUDIENCE_EXCEPT:
      return is_contact && !is_named;
    case LK_AUDIENCE_ONLY:
      return is_named;
    default:
      g_assert_not_reached ();
    }
}

static const ModelPicture *
model_first (const Model *model, int owner, int viewer)
{
  gint64 now = server_fixture_get_now (model->fixture);
  const GPtrArray *pictures = model->people[owner].pictures;

  for (guint i = 0; i < pictures->len; i++)
    {
      const ModelPicture *picture = pictures->pdata[i];

      if ((picture->expires == 0 || picture->expires > now)
          && model_takes (model, owner, picture, viewer))
        return picture;
    }
  return NULL;
}

/* What is to be seen under a viewer's ref: of all owners behind it, the picture that was published
 * last. */
static const ModelPicture *
model_view (const Model *model, int viewer, int ref)
{
  const ModelPicture *newest = NULL;

  for (int owner = 0; owner < N_PEOPLE; owner++)
    {
      const ModelPicture *picture;

      if (owner == viewer || !ref_holds (model, viewer, ref, owner))
        continue;
      picture = model_first (model, owner, viewer);
      if (picture != NULL && (newest == NULL || picture->number > newest->number))
        newest = picture;
    }
  return newest;
}

static void
join (Model *model, int person)
{
  Person *self = &model->people[person];
  g_autofree char *identifier = dup_identifier (person, 0);

  self->account = fixture_sign_in (model->fixture, identifier);
  self->second = FALSE;
  self->pictures = g_ptr_array_new_with_free_func (model_picture_free);
  for (int ref = 0; ref < N_REFS; ref++)
    self->book[ref] = -1;
}

static void
leave (Model *model, int person)
{
  Person *self = &model->people[person];

  g_ptr_array_unref (self->pictures);
  for (int device = 0; device < MAX_DEVICES; device++)
    g_clear_pointer (&self->cursors[device], g_free);
  memset (self->held, 0, sizeof self->held);
  memset (self->given, 0, sizeof self->given);
}

static void
do_share (Model *model, int person)
{
  Person *self = &model->people[person];
  g_autoptr (GPtrArray) pairs = g_ptr_array_new_with_free_func (g_free);
  int ref = g_rand_int_range (model->rand, 0, N_REFS);

  self->book[ref] = g_rand_int_range (model->rand, -1, N_PEOPLE * 2);
  for (int i = 0; i < N_REFS; i++)
    if (self->book[i] >= 0)
      {
        g_ptr_array_add (pairs, g_strdup_printf ("%d", i));
        g_ptr_array_add (pairs, dup_identifier (self->book[i] / 2, self->book[i] % 2));
      }
  g_ptr_array_add (pairs, NULL);
  fixture_share (model->fixture, self->account, (const char *const *)pairs->pdata);
  if (self->book[ref] >= 0)
    return;
  /* What is not shared any more is the devices' own affair. */
  self->given[ref] = FALSE;
  for (int device = 0; device < MAX_DEVICES; device++)
    self->held[device][ref] = (Held){ 0 };
}

static LkAudience *
make_audience (Model *model, ModelPicture *picture)
{
  g_autoptr (GPtrArray) refs = g_ptr_array_new_with_free_func (g_free);

  picture->kind = (LkAudienceKind)g_rand_int_range (model->rand, 0, 4);
  for (int ref = 0; ref < N_REFS; ref++)
    {
      picture->named[ref]
          = (picture->kind == LK_AUDIENCE_EXCEPT || picture->kind == LK_AUDIENCE_ONLY)
            && g_rand_boolean (model->rand);
      if (picture->named[ref])
        g_ptr_array_add (refs, g_strdup_printf ("%d", ref));
    }
  g_ptr_array_add (refs, NULL);
  return lk_audience_new (picture->kind, (const char *const *)refs->pdata);
}

static gint64
make_expiry (Model *model)
{
  return g_rand_boolean (model->rand)
             ? 0
             : server_fixture_get_now (model->fixture) + g_rand_int_range (model->rand, 0, 40);
}

/* The model's number and edits are in the alternative text: "number.edits". */
static gboolean
parse_alt (const char *alt, guint *number, guint *edits)
{
  return sscanf (alt, "%u.%u", number, edits) == 2;
}

static void
do_publish (Model *model, int person)
{
  Person *self = &model->people[person];
  ModelPicture *made;
  g_autoptr (LkPicture) picture = NULL;
  g_autoptr (LkPicture) published = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *alt = NULL, *key = g_strdup_printf ("%u", ++model->keys);
  gint64 told = 0;

  if (self->pictures->len >= MAX_PICTURES)
    return;
  made = g_new0 (ModelPicture, 1);
  made->number = ++model->last_number;
  alt = g_strdup_printf ("%u.0", made->number);
  picture = fixture_make_picture (alt, LK_AUDIENCE_EVERYONE, NULL);
  lk_audience_unref (picture->audience);
  picture->audience = make_audience (model, made);
  picture->expires = made->expires = make_expiry (model);
  published
      = lk_store_publish (model->fixture->store, self->account, picture, key, "bundle", &error);
  g_assert_no_error (error);
  made->id = g_strdup (published->id);
  g_ptr_array_insert (self->pictures, 0, made);

  for (int viewer = 0; viewer < N_PEOPLE; viewer++)
    {
      gboolean has = FALSE;

      for (int ref = 0; ref < N_REFS; ref++)
        has |= ref_holds (model, viewer, ref, person);
      told += viewer != person && has && model_first (model, person, viewer) == made;
    }
  g_assert_cmpint (published->told, ==, told);
}

static void
do_change (Model *model, int person)
{
  Person *self = &model->people[person];
  g_autoptr (LkAudience) audience = NULL;
  g_autoptr (LkPicture) changed = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *alt = NULL;
  LkPictureChange change = { 0 };
  ModelPicture *picture;
  guint position;

  if (self->pictures->len == 0)
    return;
  position = (guint)g_rand_int_range (model->rand, 0, (int)self->pictures->len);
  picture = self->pictures->pdata[position];
  switch (g_rand_int_range (model->rand, 0, 4))
    {
    case 0:
      change.audience = audience = make_audience (model, picture);
      break;
    case 1:
      change.set_expires = TRUE;
      change.expires = make_expiry (model);
      picture->edits += change.expires != picture->expires ? 1 : 0;
      picture->expires = change.expires;
      change.alt = alt = g_strdup_printf ("%u.%u", picture->number, picture->edits);
      break;
    case 2:
      picture->edits++;
      change.alt = alt = g_strdup_printf ("%u.%u", picture->number, picture->edits);
      break;
    default:
      change.set_position = TRUE;
      change.position = (guint)g_rand_int_range (model->rand, 0, MAX_PICTURES);
      g_ptr_array_steal_index (self->pictures, position);
      g_ptr_array_insert (self->pictures, (int)MIN (change.position, self->pictures->len), picture);
      break;
    }
  changed = lk_store_change_picture (model->fixture->store, self->account, picture->id, &change,
                                     &error);
  g_assert_no_error (error);
  g_assert_true (self->pictures->pdata[changed->position] == picture);
}

static void
do_withdraw (Model *model, int person)
{
  Person *self = &model->people[person];
  guint position;

  if (self->pictures->len == 0)
    return;
  position = (guint)g_rand_int_range (model->rand, 0, (int)self->pictures->len);
  fixture_withdraw (model->fixture, self->account,
                    ((ModelPicture *)self->pictures->pdata[position])->id);
  g_ptr_array_remove_index (self->pictures, position);
}

static void
do_add_identifier (Model *model, int person)
{
  g_autofree char *identifier = dup_identifier (person, 1);
  g_autoptr (GError) error = NULL;

  lk_store_add_identifier (model->fixture->store, model->people[person].account, identifier,
                           &error);
  g_assert_no_error (error);
  model->people[person].second = TRUE;
}

static void
do_erase (Model *model, int person)
{
  g_autoptr (GPtrArray) orphans = NULL;
  g_autoptr (GError) error = NULL;

  lk_store_erase_account (model->fixture->store, model->people[person].account, &orphans, &error);
  g_assert_no_error (error);
  leave (model, person);
  join (model, person);
}

/* Gone is said only of what one of the reader's devices was given. Nothing comes twice, but for a
 * device that slept while another one saw a picture go and come back. */
static void
receive (const Model *model, Person *reader, int device, const LkFeedChange *change)
{
  int ref = change->ref[0] - '0';
  Held *held = &reader->held[device][ref];
  guint number, edits;

  if (change->picture == NULL)
    {
      g_assert_true (reader->given[ref]);
      if (model->n_devices == 1)
        g_assert_cmpuint (held->number, !=, 0);
      held->number = held->edits = 0;
      return;
    }
  g_assert_true (parse_alt (change->picture->alt, &number, &edits));
  if (model->n_devices == 1)
    g_assert_true (number != held->number || edits != held->edits);
  *held = (Held){ number, edits };
  reader->given[ref] = TRUE;
}

static void
check_held (Model *model, int person, int device)
{
  for (int ref = 0; ref < N_REFS; ref++)
    {
      const ModelPicture *expected = model_view (model, person, ref);
      const Held *held = &model->people[person].held[device][ref];

      g_assert_cmpuint (held->number, ==, expected != NULL ? expected->number : 0);
      g_assert_cmpuint (held->edits, ==, expected != NULL ? expected->edits : 0);
    }
}

/* Both devices are behind by different times, and read in pages of one, two or three. */
static void
do_read (Model *model, int person)
{
  Person *self = &model->people[person];
  int device = g_rand_int_range (model->rand, 0, model->n_devices);
  gboolean more = TRUE;
  guint pages = 0;

  while (more)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LkFeed) feed
          = lk_store_read_feed (model->fixture->store, self->account, self->cursors[device],
                                (guint)g_rand_int_range (model->rand, 1, 4), &error);

      g_assert_no_error (error);
      g_assert_cmpuint (++pages, <, 20);
      for (guint i = 0; i < feed->changes->len; i++)
        receive (model, self, device, feed->changes->pdata[i]);
      g_free (self->cursors[device]);
      self->cursors[device] = g_strdup (feed->cursor);
      more = feed->more;
    }
  check_held (model, person, device);
}

static void
check_renditions (Model *model, int viewer, int owner)
{
  const ModelPicture *first = NULL;

  for (int ref = 0; ref < N_REFS; ref++)
    if (ref_holds (model, viewer, ref, owner))
      first = model_first (model, owner, viewer);
  for (guint i = 0; i < model->people[owner].pictures->len; i++)
    {
      const ModelPicture *picture = model->people[owner].pictures->pdata[i];
      g_autoptr (LkRendition) rendition = lk_store_find_rendition (
          model->fixture->store, model->people[viewer].account, picture->id, "photo", NULL);

      g_assert_cmpint (rendition != NULL, ==, viewer == owner || picture == first);
    }
}

static void
step (Model *model)
{
  int person = g_rand_int_range (model->rand, 0, N_PEOPLE);
  int kind = g_rand_int_range (model->rand, 0, 100);

  if (kind < 20)
    do_share (model, person);
  else if (kind < 32)
    do_publish (model, person);
  else if (kind < 47)
    do_change (model, person);
  else if (kind < 52)
    do_withdraw (model, person);
  else if (kind < 54)
    do_add_identifier (model, person);
  else if (kind < 55)
    do_erase (model, person);
  else if (kind < 62)
    server_fixture_advance (model->fixture, g_rand_int_range (model->rand, 1, 15));
  else if (kind < 68)
    check_renditions (model, person, g_rand_int_range (model->rand, 0, N_PEOPLE));
  else
    do_read (model, person);
}

static void
test_model (ServerFixture *fixture, gconstpointer backend)
{
  guint rounds = GPOINTER_TO_INT (backend) == FIXTURE_SQLITE ? 12 : 60;

  for (guint round = 0; round < rounds; round++)
    {
      Model model = { .fixture = fixture, .n_devices = 1 + (int)round % MAX_DEVICES };
      guint32 seed = (guint32)g_test_rand_int ();

      g_test_message ("round %u, seed %u", round, seed);
      model.rand = g_rand_new_with_seed (seed);
      for (int person = 0; person < N_PEOPLE; person++)
        join (&model, person);
      for (guint i = 0; i < STEPS; i++)
        step (&model);
      for (int person = 0; person < N_PEOPLE; person++)
        {
          g_autoptr (GPtrArray) orphans = NULL;

          do_read (&model, person);
          g_assert_true (lk_store_erase_account (fixture->store, model.people[person].account,
                                                 &orphans, NULL));
          leave (&model, person);
          /* Those who are left read what the others left behind when they, too, begin anew. */
          join (&model, person);
        }
      for (int person = 0; person < N_PEOPLE; person++)
        {
          g_autoptr (GPtrArray) orphans = NULL;

          g_assert_true (lk_store_erase_account (fixture->store, model.people[person].account,
                                                 &orphans, NULL));
          leave (&model, person);
        }
      g_rand_free (model.rand);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/server/feed-model/sqlite", ServerFixture, GINT_TO_POINTER (FIXTURE_SQLITE),
              server_fixture_set_up, test_model, server_fixture_tear_down);
  g_test_add ("/server/feed-model/memory", ServerFixture, GINT_TO_POINTER (FIXTURE_MEMORY),
              server_fixture_set_up, test_model, server_fixture_tear_down);
  return g_test_run ();
}
